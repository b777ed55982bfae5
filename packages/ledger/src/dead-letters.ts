import type {Db} from './open-ledger.ts'

/** Something that was given up on, kept so that a person may look at it and have it tried again. Times in ms. */
export type DeadLetter = {
  id: number
  /** Whose it is; null where what came names no site. */
  site: string | null
  /** Who gave up: `bus:<durable>` or `queue:<job>`. */
  source: string
  /** The event's or the job's name, or what stood in its place. */
  name: string
  /** What came over the wire, to the byte where it could be read as text. */
  body: string
  reason: string
  code: string
  at: number
  replayAskedAt: number | null
  replayedAt: number | null
}

export type NewDeadLetter = Pick<DeadLetter, 'site' | 'source' | 'name' | 'body' | 'reason' | 'code' | 'at'>

const columns = [
  'id',
  'site',
  'source',
  'name',
  'body',
  'reason',
  'code',
  'at',
  'replay_asked_at as replayAskedAt',
  'replayed_at as replayedAt',
] as const

/** Records a letter and gives its id. A repeat is one more row: who writes it does so right before letting go. */
export async function addDeadLetter(db: Db, letter: NewDeadLetter): Promise<number> {
  const {id} = await db.insertInto('dead_letters').values(letter).returning('id').executeTakeFirstOrThrow()
  return Number(id)
}

export type DeadLetterFilter = {site?: string | undefined; source?: string; replayed?: boolean; limit?: number}

/**
 * Letters, newest first: those that still wait, unless `replayed` asks for those that were put right too. With a site
 * its own alone.
 */
export async function listDeadLetters(
  db: Db,
  {site, source, replayed = false, limit = 100}: DeadLetterFilter = {},
): Promise<DeadLetter[]> {
  let query = db.selectFrom('dead_letters').select(columns)
  if (site !== undefined) query = query.where('site', '=', site)
  if (source !== undefined) query = query.where('source', '=', source)
  if (!replayed) query = query.where('replayed_at', 'is', null)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** How many letters still wait, of one site where it is named. */
export async function countDeadLetters(db: Db, site?: string): Promise<number> {
  let query = db.selectFrom('dead_letters').select((count) => count.fn.countAll<number>().as('letters'))
  if (site !== undefined) query = query.where('site', '=', site)
  return Number((await query.where('replayed_at', 'is', null).executeTakeFirstOrThrow()).letters)
}

export async function deadLetter(db: Db, id: number): Promise<DeadLetter | undefined> {
  return db.selectFrom('dead_letters').select(columns).where('id', '=', id).executeTakeFirst()
}

/**
 * Asks whoever gave up on a letter (or on all, or on all of a site) to try again, at `now` (ms); gives how many were
 * asked for. A letter that was put right, or was asked for already, is left alone.
 */
export async function askReplay(db: Db, which: number | 'all' | {site: string}, now: number): Promise<number> {
  let query = db
    .updateTable('dead_letters')
    .set({replay_asked_at: now})
    .where('replayed_at', 'is', null)
    .where('replay_asked_at', 'is', null)
  if (typeof which === 'object') query = query.where('site', '=', which.site)
  else if (which !== 'all') query = query.where('id', '=', which)
  return Number((await query.executeTakeFirstOrThrow()).numUpdatedRows)
}

/** The oldest `limit` letters of `source` that are asked for. */
export async function lettersToReplay(db: Db, source: string, limit: number): Promise<DeadLetter[]> {
  return db
    .selectFrom('dead_letters')
    .select(columns)
    .where('source', '=', source)
    .where('replay_asked_at', 'is not', null)
    .where('replayed_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The letter was put right at `now` (ms). A repeat leaves the first time. */
export async function markReplayed(db: Db, id: number, now: number): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({replayed_at: now})
    .where('id', '=', id)
    .where('replayed_at', 'is', null)
    .execute()
}

/** The letter failed once more: it waits again, with the newer reason, until somebody asks anew. */
export async function markReplayFailed(
  db: Db,
  id: number,
  {reason, code, at}: Pick<DeadLetter, 'reason' | 'code' | 'at'>,
): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({reason, code, at, replay_asked_at: null})
    .where('id', '=', id)
    .where('replayed_at', 'is', null)
    .execute()
}
