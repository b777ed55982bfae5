import {createHash} from 'node:crypto'
import type {EditionRow} from './editions.ts'
import type {Db} from './open-ledger.ts'

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

/**
 * Writes the rows of the next thousand subscribers, in the caller's transaction: `pending` for who was active at the
 * boundary and is, `excluded` for who was and is not any more. The last chunk closes the audience and lets the edition
 * send. Any number may call at once, since the cursor moves with the rows.
 *
 * @returns true when nothing is left to freeze.
 */
export async function freezeChunk(db: Db, id: string, now: number): Promise<boolean> {
  const edition = (await db.selectFrom('editions').selectAll().where('id', '=', id).executeTakeFirst()) as
    | EditionRow
    | undefined
  if (edition?.state !== 'freezing') return true
  const {site, boundary, freeze_cursor: cursor} = edition
  if (boundary === null || cursor === null) return true
  const people = await db
    .selectFrom('subscribers')
    .select(['id', 'state'])
    .where('site', '=', site)
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(chunk)
    .execute()
  const before = await statesAtBoundary(db, site, boundary, people)
  const rows = people
    .filter(({id: person, state}) => (before.get(person) ?? state) === 'active')
    .map(({id: subscriber, state}) => {
      const stays = state === 'active'
      return {
        edition: id,
        subscriber,
        state: stays ? 'pending' : 'excluded',
        worker: null,
        lease_until: null,
        attempt: 0,
        next_at: now,
        reply: stays ? null : `is ${state} now`,
        changed_at: now,
      }
    })
  for (let from = 0; from < rows.length; from += 250) {
    await db
      .insertInto('deliveries')
      .values(rows.slice(from, from + 250))
      .execute()
  }
  const last = people.length < chunk
  const hash = createHash('sha256').update(edition.audience_hash ?? '')
  for (const {subscriber} of rows) hash.update(`${subscriber}\n`)
  await db
    .updateTable('editions')
    .set({
      freeze_cursor: people.at(-1)?.id ?? cursor,
      audience: (edition.audience ?? 0) + rows.length,
      audience_hash: hash.digest('hex'),
      progress_at: now,
      ...(last ? {state: 'sending', frozen_at: now} : {}),
    })
    .where('id', '=', id)
    .execute()
  return last
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
