import {createHash} from 'node:crypto'
import {nextState, type ParsedAddress, type SubscriberEvent, type SubscriberState} from '@broadside/subscribers'
import type {Db} from './open-ledger.ts'
import type {SubscribersTable} from './tables.ts'

export type SubscriberRow = Omit<SubscribersTable, 'state'> & {state: SubscriberState}

/** What an event did; `before` is undefined for somebody new. */
export type SubscriberChange = {id: string; before: SubscriberState | undefined; after: SubscriberState}

/** `cause` says where the event came from (`form`, `import of list.csv`) and never holds a mail address. */
type Told = {event: SubscriberEvent; cause: string; now: number}

const chunk = 1_000

export async function findSubscriber(db: Db, site: string, id: string): Promise<SubscriberRow | undefined> {
  const query = db.selectFrom('subscribers').selectAll().where('site', '=', site).where('id', '=', id)
  return (await query.executeTakeFirst()) as SubscriberRow | undefined
}

/** Finds an address however it is spelt, also after it was erased. */
export async function findSubscriberByAddress(
  db: Db,
  site: string,
  {key}: Pick<ParsedAddress, 'key'>,
): Promise<SubscriberRow | undefined> {
  const query = db
    .selectFrom('subscribers')
    .selectAll()
    .where('site', '=', site)
    .where('key', 'in', [key, erasedKey(site, key)])
  return (await query.executeTakeFirst()) as SubscriberRow | undefined
}

/**
 * Applies an event to an address, in the caller's transaction: row and journal change together or not at all. An event
 * that changes nothing leaves no trace, so a repeat is harmless. `newId` becomes the id of somebody who is new, and
 * `createdAt` (ms) says since when they are known, where that is not now.
 * Undefined when the event says nothing about an address that the site does not know.
 */
export async function recordByAddress(
  db: Db,
  site: string,
  {
    address,
    name,
    newId,
    createdAt,
    ...told
  }: {address: ParsedAddress; name?: string | undefined; newId: string; createdAt?: number | undefined} & Told,
): Promise<SubscriberChange | undefined> {
  const known = await findSubscriberByAddress(db, site, address)
  if (known !== undefined) return change(db, known, told, {address, name})
  const after = nextState(undefined, told.event)
  if (after === undefined) return undefined
  await db
    .insertInto('subscribers')
    .values({
      site,
      id: newId,
      address: address.address,
      key: address.key,
      name: name ?? null,
      state: after,
      created_at: createdAt ?? told.now,
      changed_at: told.now,
    })
    .execute()
  await writeJournal(db, site, newId, after, told)
  return {id: newId, before: undefined, after}
}

/** Applies an event to a subscriber by id, as `recordByAddress` does; undefined when there is none. */
export async function recordById(
  db: Db,
  site: string,
  {id, ...told}: {id: string} & Told,
): Promise<SubscriberChange | undefined> {
  const known = await findSubscriber(db, site, id)
  return known === undefined ? undefined : change(db, known, told)
}

async function change(
  db: Db,
  known: SubscriberRow,
  told: Told,
  given?: {address: ParsedAddress; name: string | undefined},
): Promise<SubscriberChange> {
  const after = nextState(known.state, told.event)
  const unchanged = {id: known.id, before: known.state, after: known.state}
  if (after === known.state) return unchanged
  await db
    .updateTable('subscribers')
    .set({state: after, changed_at: told.now, ...personal(known, after, given)})
    .where('site', '=', known.site)
    .where('id', '=', known.id)
    .execute()
  await writeJournal(db, known.site, known.id, after, told)
  return {...unchanged, after}
}

/** Who is erased leaves a hash behind, by which a later import is kept from bringing them back. */
function personal(
  known: SubscriberRow,
  after: SubscriberState,
  given: {address: ParsedAddress; name: string | undefined} | undefined,
): Partial<SubscriberRow> {
  if (after === 'erased') return {address: null, name: null, key: erasedKey(known.site, known.key)}
  if (given === undefined) return {}
  const {address, key} = given.address
  return {address, key, ...(given.name === undefined ? {} : {name: given.name})}
}

function erasedKey(site: string, key: string): string {
  return `erased:${createHash('sha256')
    .update(JSON.stringify([site, key]))
    .digest('hex')}`
}

async function writeJournal(db: Db, site: string, subscriber: string, state: SubscriberState, told: Told) {
  const {event, cause, now} = told
  await db.insertInto('audience_journal').values({site, subscriber, event, state, cause, at: now}).execute()
}

/** Subscribers in order of their ids, read in chunks, so that a list of any size fits; who is erased is left out. */
export async function* listSubscribers(
  db: Db,
  site: string,
  {state}: {state?: SubscriberState} = {},
): AsyncGenerator<SubscriberRow & {address: string}, void, undefined> {
  for (let last = ''; ;) {
    let query = db
      .selectFrom('subscribers')
      .selectAll()
      .where('site', '=', site)
      .where('id', '>', last)
      .where('address', 'is not', null)
    if (state !== undefined) query = query.where('state', '=', state)
    const rows = await query.orderBy('id').limit(chunk).execute()
    yield* rows as (SubscriberRow & {address: string})[]
    if (rows.length < chunk) return
    last = rows.at(-1)!.id
  }
}

/** How many subscribers of the site are in each state; a state that nobody is in is left out. */
export async function countSubscribers(db: Db, site: string): Promise<Partial<Record<SubscriberState, number>>> {
  const rows = await db
    .selectFrom('subscribers')
    .select(['state', (count) => count.fn.countAll<number>().as('people')])
    .where('site', '=', site)
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({state, people}) => [state, Number(people)]))
}
