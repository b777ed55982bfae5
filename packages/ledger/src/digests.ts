import {createHash} from 'node:crypto'
import {lastDigestDue, nextDigestDue, type DigestCadence} from '@broadside/subscribers'
import {sql} from 'kysely'
import {addDeliveries} from './add-deliveries.ts'
import {stateIs} from './state-is.ts'
import type {EditionRow} from './editions.ts'
import {openEdition} from './editions.ts'
import {waitsForDigest} from './freeze-audience.ts'
import type {Db} from './open-ledger.ts'
import {shownBy} from './shown-revision.ts'
import type {DigestsTable, ReleasesTable, TimersTable} from './tables.ts'
import {holdsAt} from './version-range.ts'

export type DigestRow = Omit<DigestsTable, 'cadence' | 'state'> & {cadence: DigestCadence; state: 'freezing' | 'done'}

/** Whose timers digests are. */
export const newsletter = 'newsletter'
const prefix = 'digest '
const chunk = 500
/** A post that nobody's digest took for so long is news no more, ms. */
const newsMs = 31 * 86_400_000

/** Sees to it that there are digests of a cadence in a time zone, in the caller's transaction; a repeat changes nothing. */
export async function wantDigests(
  db: Db,
  site: string,
  {cadence, timezone, now}: {cadence: DigestCadence; timezone: string; now: number},
): Promise<void> {
  const key = `${prefix}${cadence} ${timezone}`
  await db
    .insertInto('timers')
    .values({site, owner: newsletter, key, due: nextDigestDue(cadence, timezone, now)})
    .onConflict((c) => c.doNothing())
    .execute()
}

/** Timers of digests whose moment has come. */
export async function dueDigests(db: Db, now: number): Promise<TimersTable[]> {
  return db
    .selectFrom('timers')
    .selectAll()
    .where('owner', '=', newsletter)
    .where('due', '<=', now)
    .where('key', 'like', `${prefix}%`)
    .execute()
}

/**
 * Opens the round that a timer asks for and sets the timer to the next, in the caller's transaction. After a long pause
 * there is one round, of the newest moment that has come: nothing is lost, since each post waits for whoever it was not
 * sent to. A timer that somebody else moved is left alone. One that nobody chose is taken away; it stays where all who
 * chose it have left, since they may come back.
 */
export async function openDigest(db: Db, {site, key, due}: TimersTable, now: number): Promise<boolean> {
  const [, cadence, timezone] = key.split(' ') as [string, DigestCadence, string]
  const moved = await db
    .updateTable('timers')
    .set({due: nextDigestDue(cadence, timezone, now)})
    .where('site', '=', site)
    .where('owner', '=', newsletter)
    .where('key', '=', key)
    .where('due', '=', due)
    .executeTakeFirst()
  if (moved.numUpdatedRows === 0n) return false
  const about = {site, cadence, timezone}
  if ((await chosenBy(db, about).limit(1).executeTakeFirst()) === undefined) {
    await db
      .deleteFrom('timers')
      .where('site', '=', site)
      .where('owner', '=', newsletter)
      .where('key', '=', key)
      .execute()
    return false
  }
  if ((await readersOf(db, about).limit(1).executeTakeFirst()) === undefined) return false
  const round = {...about, due: lastDigestDue(cadence, timezone, now)}
  const opened = await db
    .insertInto('digests')
    .values({...round, state: 'freezing', cursor: ''})
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  return (opened.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Rounds whose editions are not all there yet. */
export async function openDigests(db: Db): Promise<DigestRow[]> {
  return (await db.selectFrom('digests').selectAll().where(stateIs('freezing')).execute()) as DigestRow[]
}

/** How a round is named in its editions. */
function digestKey({cadence, timezone, due}: Pick<DigestRow, 'cadence' | 'timezone' | 'due'>): string {
  return `${cadence} ${timezone} ${due}`
}

/** Editions of a round that wait for their message. */
export async function editionsOfDigest(db: Db, round: DigestRow): Promise<EditionRow[]> {
  const all = db.selectFrom('editions').selectAll().where('site', '=', round.site)
  return (await all
    .where(stateIs('freezing'))
    .where('digest', '=', digestKey(round))
    .orderBy('id')
    .execute()) as EditionRow[]
}

/** To how many people a round goes, whatever posts each of them gets. */
export async function peopleOfDigest(db: Db, {site, digest}: Pick<EditionRow, 'site' | 'digest'>): Promise<number> {
  const row = await db
    .selectFrom('editions')
    .select((e) => e.fn.sum('audience').as('people'))
    .where('site', '=', site)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return Number(row?.people ?? 0)
}

/** Editions of a round that are held for the same reason as this one, which is among them. */
export async function heldTogether(
  db: Db,
  {id, site, digest, reason}: Pick<EditionRow, 'id' | 'site' | 'digest' | 'reason'>,
): Promise<EditionRow[]> {
  const rows = await db
    .selectFrom('editions')
    .selectAll()
    .where('site', '=', site)
    .where('state', '=', 'held')
    .where((where) =>
      where.or([where('id', '=', id), where.and([where('digest', '=', digest), where('reason', '=', reason)])]),
    )
    .orderBy('id')
    .execute()
  return rows as EditionRow[]
}

/** Whether the audience of a digest's edition is whole, which it is when its round is through with everybody. */
export async function isDigestFrozen(db: Db, {site, digest}: Pick<EditionRow, 'site' | 'digest'>): Promise<boolean> {
  const open = await openDigests(db)
  return !open.some((round) => round.site === site && digestKey(round) === digest)
}

/**
 * Puts together what the next readers of a round get, in the caller's transaction: the posts that wait for them since
 * their editions were frozen, at the latest when the round was due. Who waits for the same posts is in the same
 * edition, and a post waits no more for who is in one; so nobody gets it twice, whatever they choose meanwhile, and who
 * waits for nothing gets nothing. Any number may call at once, since the cursor moves with the rows.
 *
 * @returns true when everybody is through.
 */
export async function freezeDigestChunk(
  db: Db,
  {site, cadence, timezone, due}: DigestRow,
  {live, now}: {live: ReleasesTable; now: number},
): Promise<boolean> {
  const thisRound = db.selectFrom('digests').selectAll().where('site', '=', site).where('cadence', '=', cadence)
  const row = await thisRound.where('timezone', '=', timezone).where('due', '=', due).executeTakeFirst()
  if (row?.state !== 'freezing') return true
  const round = row as DigestRow
  const people = await readersOf(db, round).where('id', '>', round.cursor).orderBy('id').limit(chunk).execute()
  const waiting = await waitingFor(db, round, {live, people: people.map(({id}) => id)})
  for (const [key, readers] of Map.groupBy(waiting.keys(), (reader) => JSON.stringify(waiting.get(reader)))) {
    await addReaders(
      db,
      {site, digest: digestKey(round), subject: `${cadence} digest`},
      {posts: JSON.parse(key) as Waiting[], readers, live, now},
    )
  }
  const last = people.length < chunk
  await db
    .updateTable('digests')
    .set({cursor: people.at(-1)?.id ?? round.cursor, ...(last ? {state: 'done'} : {})})
    .where('site', '=', site)
    .where('cadence', '=', cadence)
    .where('timezone', '=', timezone)
    .where('due', '=', due)
    .execute()
  return last
}

type Chosen = Pick<DigestRow, 'site' | 'cadence' | 'timezone'>

function readersOf(db: Db, round: Chosen) {
  return chosenBy(db, round).where('state', '=', 'active')
}

/** Everybody who chose a digest, also who gets no mail now. */
function chosenBy(db: Db, {site, cadence, timezone}: Chosen) {
  return (
    db
      .selectFrom('subscribers')
      .select('id')
      .where('site', '=', site)
      .where('cadence', '=', cadence)
      .where('timezone', '=', timezone)
      // The index of digest readers is found by these very words.
      .where(sql<boolean>`cadence <> 'each'`)
  )
}

type Waiting = {edition: string; post: string}

/** Of each of `people` for whom any post waits, those posts, the oldest first; posts that have left are not waited for. */
export async function waitingFor(
  db: Db,
  {site, due}: Pick<DigestRow, 'site' | 'due'>,
  {live, people}: {live: ReleasesTable; people: string[]},
): Promise<Map<string, Waiting[]>> {
  const editions = await db
    .selectFrom('editions as e')
    .innerJoin('post_versions as p', (join) => join.onRef('p.site', '=', 'e.site').onRef('p.id', '=', 'e.post'))
    .select(['e.id as edition', 'e.post'])
    .where('e.site', '=', site)
    .where('e.state', 'in', ['sending', 'paused', 'complete'])
    .where('e.frozen_at', '>', due - newsMs)
    .where('e.frozen_at', '<=', due)
    .where('p.status', '=', 'live')
    .where(holdsAt('p', shownBy(live)))
    .orderBy('e.frozen_at')
    .orderBy('e.id')
    .execute()
  const waiting = new Map<string, Waiting[]>()
  for (const {edition, post} of editions) {
    const rows = await db
      .selectFrom('deliveries')
      .select('subscriber')
      .where('edition', '=', edition)
      .where('subscriber', 'in', people)
      .where('state', '=', 'excluded')
      .where('reply', '=', waitsForDigest)
      .execute()
    for (const {subscriber} of rows) {
      const posts = waiting.get(subscriber) ?? []
      posts.push({edition, post})
      waiting.set(subscriber, posts)
    }
  }
  return waiting
}

/**
 * Has readers get these posts by the edition of a round that has them, in the caller's transaction; from then on the
 * posts wait for them no more.
 *
 * @returns the edition.
 */
export async function addReaders(
  db: Db,
  {site, digest, subject}: {site: string; digest: string; subject: string},
  {posts, readers, live, now}: {posts: Waiting[]; readers: string[]; live: ReleasesTable; now: number},
): Promise<string> {
  const ids = posts.map(({post}) => post)
  const id = createHash('sha256')
    .update(JSON.stringify([site, digest, ids]))
    .digest('hex')
    .slice(0, 16)
  const about = {id, site, post: `digest ${digest} ${id}`, revision: live.revision, release: live.number}
  await openEdition(db, {...about, state: 'freezing', reason: null, subject, digest, posts: JSON.stringify(ids)}, now)
  const {audience, audience_hash: before} = await db
    .selectFrom('editions')
    .select(['audience', 'audience_hash'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const rows = readers.map((subscriber) => ({subscriber, reason: null}))
  await addDeliveries(db, id, rows, {now})
  const hash = createHash('sha256').update(before ?? '')
  for (const reader of readers) hash.update(`${reader}\n`)
  await db
    .updateTable('editions')
    .set({audience: (audience ?? 0) + readers.length, audience_hash: hash.digest('hex'), progress_at: now})
    .where('id', '=', id)
    .execute()
  for (const {edition} of posts) {
    await db
      .updateTable('deliveries')
      .set({reply: `comes with the digest ${id}`, changed_at: now})
      .where('edition', '=', edition)
      .where('subscriber', 'in', readers)
      .execute()
  }
  return id
}
