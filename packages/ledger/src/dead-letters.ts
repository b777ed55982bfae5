import type {Db} from './open-ledger.ts'

/** Something that was given up on, kept so that a person may look at it and have it tried again. Times in ms. */
export type DeadLetter = {
  id: number
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

export type NewDeadLetter = Pick<DeadLetter, 'source' | 'name' | 'body' | 'reason' | 'code' | 'at'>

const columns = [
  'id',
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

/** Letters, newest first: those that still wait, unless `replayed` asks for those that were put right too. */
export async function listDeadLetters(
  db: Db,
  {source, replayed = false, limit = 100}: {source?: string; replayed?: boolean; limit?: number} = {},
): Promise<DeadLetter[]> {
  let query = db.selectFrom('dead_letters').select(columns)
  if (source !== undefined) query = query.where('source', '=', source)
  if (!replayed) query = query.where('replayed_at', 'is', null)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** How many letters still wait. */
export async function countDeadLetters(db: Db): Promise<number> {
  const query = db.selectFrom('dead_letters').select((count) => count.fn.countAll<number>().as('letters'))
  return Number((await query.where('replayed_at', 'is', null).executeTakeFirstOrThrow()).letters)
}

export async function deadLetter(db: Db, id: number): Promise<DeadLetter | undefined> {
  return db.selectFrom('dead_letters').select(columns).where('id', '=', id).executeTakeFirst()
}

/**
 * Asks whoever gave up on a letter (or on all) to try again, at `now` (ms); gives how many were asked for. A letter
 * that was put right, or was asked for already, is left alone.
 */
export async function askReplay(db: Db, which: number | 'all', now: number): Promise<number> {
  let query = db
    .updateTable('dead_letters')
    .set({replay_asked_at: now})
    .where('replayed_at', 'is', null)
    .where('replay_asked_at', 'is', null)
  if (which !== 'all') query = query.where('id', '=', which)
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
