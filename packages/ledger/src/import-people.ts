import {nextState, type ImportedState, type ParsedAddress, type SubscriberState} from '@broadside/subscribers'
import type {Db} from './open-ledger.ts'
import {recordById, type SubscriberChange} from './subscribers.ts'

export type ImportedPerson = {
  address: ParsedAddress
  name?: string | undefined
  status: ImportedState
  /** Since when they are known, ms. */
  createdAt?: number | undefined
  /** For who is new. */
  newId: string
}

type Known = {id: string; key: string; state: SubscriberState}
type Judged = SubscriberChange & {person: ImportedPerson}

/**
 * What a part of a file would do: for each person who and what they were and would be, in the order of the file. The
 * same person twice in a part is judged the second time by what the first made of them. `tracesOf` is asked only when
 * the site has erased anybody. Some hundred people at once are a few milliseconds.
 */
export async function judgeImport(
  db: Db,
  site: string,
  people: readonly ImportedPerson[],
  tracesOf: (address: ParsedAddress) => string[],
): Promise<Judged[]> {
  const traces = (await hasErased(db, site)) ? people.map(({address}) => tracesOf(address)) : []
  const keys = new Set([...people.map(({address}) => address.key), ...traces.flat()])
  const known = await findKnown(db, site, [...keys])
  return people.map((person, at) => {
    const {key} = person.address
    const trace = traces[at]?.find((one) => known.has(one))
    const before = known.get(key) ?? (trace === undefined ? undefined : known.get(trace))
    const after = nextState(before?.state, `imported:${person.status}`)!
    const id = before?.id ?? person.newId
    known.set(trace ?? key, {id, key, state: after})
    return {person, id, before: before?.state, after}
  })
}

/**
 * Brings a part of a file in, in the caller's transaction, each change with its line in the journal. A repeat changes
 * nothing; consent is never widened (see `nextState`).
 */
export async function importPeople(
  db: Db,
  site: string,
  people: readonly ImportedPerson[],
  {cause, now, tracesOf}: {cause: string; now: number; tracesOf: (address: ParsedAddress) => string[]},
): Promise<SubscriberChange[]> {
  const judged = await judgeImport(db, site, people, tracesOf)
  const fresh = judged.filter(({before}) => before === undefined)
  for (let from = 0; from < fresh.length; from += insertAtOnce) {
    await insertPeople(db, site, fresh.slice(from, from + insertAtOnce), {cause, now})
  }
  for (const {id, before, after, person} of judged) {
    if (before === undefined || before === after) continue
    await recordById(db, site, {id, event: `imported:${person.status}`, cause, now})
  }
  return judged
}

/** Few enough that the text of the statement stays short; most parts are a multiple of it, so that it is compiled once. */
const insertAtOnce = 125

async function insertPeople(
  db: Db,
  site: string,
  fresh: readonly Judged[],
  {cause, now}: {cause: string; now: number},
): Promise<void> {
  const rows = fresh.map(({id, person: {address, name, createdAt, status}}) => ({
    site,
    id,
    address: address.address,
    key: address.key,
    name: name ?? null,
    state: nextState(undefined, `imported:${status}`)!,
    created_at: createdAt ?? now,
    changed_at: now,
  }))
  await db.insertInto('subscribers').values(rows).execute()
  const lines = fresh.map(({id, person: {status}}, at) => ({
    site,
    subscriber: id,
    event: `imported:${status}`,
    state: rows[at]!.state,
    cause,
    at: now,
  }))
  await db.insertInto('audience_journal').values(lines).execute()
}

async function hasErased(db: Db, site: string): Promise<boolean> {
  const query = db.selectFrom('subscribers').select('id').where('site', '=', site).where('state', '=', 'erased')
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

async function findKnown(db: Db, site: string, keys: string[]): Promise<Map<string, Known>> {
  const rows = await db
    .selectFrom('subscribers')
    .select(['id', 'key', 'state'])
    .where('site', '=', site)
    .where('key', 'in', keys)
    .execute()
  return new Map((rows as Known[]).map((row) => [row.key, row]))
}
