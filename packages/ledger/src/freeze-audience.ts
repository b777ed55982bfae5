import {createHash} from 'node:crypto'
import {wantsTopics} from '@broadside/subscribers'
import {addDeliveries} from './add-deliveries.ts'
import {nextOfCorrection, type NextChosen} from './correction-audience.ts'
import type {EditionRow} from './editions.ts'
import type {Db, Ledger} from './open-ledger.ts'
import {holdsAt} from './version-range.ts'

const chunk = 1_000

/** Fixes who is in: everybody active by the journal entry that is the newest now. A repeat keeps the first boundary. */
export async function fixBoundary(db: Db, edition: string): Promise<void> {
  const newest = await db
    .selectFrom('audience_journal')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirst()
  await db
    .updateTable('editions')
    .set({boundary: Number(newest?.seq ?? 0), freeze_cursor: '', audience: 0, audience_hash: ''})
    .where('id', '=', edition)
    .where('state', '=', 'freezing')
    .where('boundary', 'is', null)
    .execute()
}

/** The reply of who was excluded because the post comes to them in a digest. */
export const waitsForDigest = 'waits for the digest'

/**
 * Writes the rows of the next thousand subscribers: `pending` for who was active at the boundary and is, `excluded` with
 * the reason for who was and is not any more, chose other topics, or reads digests; of a correction those whom
 * `nextOfCorrection` gives. The last chunk closes the audience and lets the edition send. What it writes is found out
 * before the transaction, so that others wait for the write lock for some milliseconds only; who leaves in between is
 * left out by the last look before the mail. Any number may call at once, since the cursor moves with the rows, and only
 * from where it was read.
 *
 * @returns true when nothing is left to freeze.
 */
export async function freezeChunk(ledger: Ledger, id: string, now: number): Promise<boolean> {
  const {db} = ledger
  const edition = (await db.selectFrom('editions').selectAll().where('id', '=', id).executeTakeFirst()) as
    | EditionRow
    | undefined
  if (edition?.state !== 'freezing') return true
  const {site, boundary, freeze_cursor: cursor} = edition
  if (boundary === null || cursor === null) return true
  const next = {site, cursor, limit: chunk}
  const {chosen, last, end} = await (edition.corrects === null
    ? nextOfList(db, edition, {...next, boundary})
    : nextOfCorrection(db, edition.corrects, next))
  const hash = createHash('sha256').update(edition.audience_hash ?? '')
  for (const {subscriber} of chosen) hash.update(`${subscriber}\n`)
  const set = {
    freeze_cursor: end,
    audience: (edition.audience ?? 0) + chosen.length,
    audience_hash: hash.digest('hex'),
    progress_at: now,
    ...(last ? {state: 'sending', frozen_at: now} : {}),
  }
  return ledger.transaction(async (tx) => {
    const moved = await tx
      .updateTable('editions')
      .set(set)
      .where('id', '=', id)
      .where('state', '=', 'freezing')
      .where('freeze_cursor', '=', cursor)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return false
    await addDeliveries(tx, id, chosen, {now})
    return last
  })
}

/** Those of the next thousand subscribers who are in, with the reason of who is left out all the same. */
async function nextOfList(
  db: Db,
  edition: EditionRow,
  {site, cursor, limit, boundary}: {site: string; cursor: string; limit: number; boundary: number},
): Promise<NextChosen> {
  const people = await db
    .selectFrom('subscribers')
    .select(['id', 'state', 'cadence', 'topics'])
    .where('site', '=', site)
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute()
  // After the people: a change that their rows do not show yet is one that the journal does not either.
  const before = await statesAtBoundary(db, site, boundary, people)
  const topics = await topicsOf(db, edition)
  const chosen = people
    .filter(({id: person, state}) => (before.get(person) ?? state) === 'active')
    .map((person) => ({subscriber: person.id, reason: whyNot(person, topics)}))
  return {chosen, last: people.length < limit, end: people.at(-1)?.id ?? cursor}
}

function whyNot(
  {state, cadence, topics}: {state: string; cadence: string; topics: string | null},
  ofPost: readonly string[],
): string | null {
  if (state !== 'active') return `is ${state} now`
  if (topics !== null && !wantsTopics(JSON.parse(topics) as string[], ofPost)) return 'chose other topics'
  return cadence === 'each' ? null : waitsForDigest
}

/** Tags and authors of the edition's post, in the version that its release shows. */
async function topicsOf(db: Db, {site, post, revision, release}: EditionRow): Promise<string[]> {
  const shown = await db
    .selectFrom('releases')
    .select('shows')
    .where('site', '=', site)
    .where('number', '=', release)
    .executeTakeFirst()
  const terms = await db
    .selectFrom('post_terms as t')
    .select(['t.kind', 't.key'])
    .where('t.site', '=', site)
    .where('t.post', '=', post)
    .where('t.kind', 'in', ['tag', 'author'])
    .where(holdsAt('t', shown?.shows ?? revision))
    .execute()
  return terms.map(({kind, key}) => `${kind}:${key}`)
}

/**
 * What those of `people` whose state changed after the boundary were at the boundary; undefined counts as `unknown`.
 * Few change in the seconds of a freeze, so the journal is read from its end.
 */
async function statesAtBoundary(
  db: Db,
  site: string,
  boundary: number,
  people: {id: string}[],
): Promise<Map<string, string>> {
  const first = people[0]?.id
  const last = people.at(-1)?.id
  if (first === undefined || last === undefined) return new Map()
  const changed = await db
    .selectFrom('audience_journal')
    .select('subscriber')
    .distinct()
    .where('seq', '>', boundary)
    .where('site', '=', site)
    .where('subscriber', '>=', first)
    .where('subscriber', '<=', last)
    .execute()
  const states = new Map<string, string>()
  for (const {subscriber} of changed) {
    const row = await db
      .selectFrom('audience_journal')
      .select('state')
      .where('site', '=', site)
      .where('subscriber', '=', subscriber)
      .where('seq', '<=', boundary)
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    states.set(subscriber, row?.state ?? 'unknown')
  }
  return states
}
