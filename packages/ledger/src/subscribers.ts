import {BroadsideError} from '@broadside/runtime'
import {
  nextState,
  type Cadence,
  type ParsedAddress,
  type SubscriberEvent,
  type SubscriberState,
} from '@broadside/subscribers'
import type {Selectable} from 'kysely'
import type {Db} from './open-ledger.ts'
import type {SubscribersTable} from './tables.ts'

export type SubscriberRow = Omit<Selectable<SubscribersTable>, 'state' | 'cadence'> & {
  state: SubscriberState
  cadence: Cadence
}

/** What an event did; `before` is undefined for somebody new. */
export type SubscriberChange = {id: string; before: SubscriberState | undefined; after: SubscriberState}

/** `cause` says where the event came from (`form`, `import of list.csv`) and never holds a mail address. */
type Told = {event: SubscriberEvent; cause: string; now: number}

const chunk = 1_000

export async function findSubscriber(db: Db, site: string, id: string): Promise<SubscriberRow | undefined> {
  const query = db.selectFrom('subscribers').selectAll().where('site', '=', site).where('id', '=', id)
  return (await query.executeTakeFirst()) as SubscriberRow | undefined
}

/** Finds an address however it is spelt; with its `traces` also after it was erased. */
export async function findSubscriberByAddress(
  db: Db,
  site: string,
  {key}: Pick<ParsedAddress, 'key'>,
  traces: readonly string[] = [],
): Promise<SubscriberRow | undefined> {
  const query = db
    .selectFrom('subscribers')
    .selectAll()
    .where('site', '=', site)
    .where('key', 'in', [key, ...traces])
  return (await query.executeTakeFirst()) as SubscriberRow | undefined
}

/**
 * Applies an event to an address, in the caller's transaction: row and journal change together or not at all. An event
 * that changes nothing leaves no trace, so a repeat is harmless. `newId` becomes the id of somebody who is new, and
 * `createdAt` (ms) says since when they are known, where that is not now. Without the `traces` of the address somebody
 * who was erased counts as new.
 * Undefined when the event says nothing about an address that the site does not know.
 */
export async function recordByAddress(
  db: Db,
  site: string,
  {
    address,
    name,
    traces,
    newId,
    createdAt,
    ...told
  }: {
    address: ParsedAddress
    traces?: readonly string[]
    name?: string | undefined
    newId: string
    createdAt?: number | undefined
  } & Told,
): Promise<SubscriberChange | undefined> {
  const known = await findSubscriberByAddress(db, site, address, traces)
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

/**
 * Whether somebody asked for the mail after `at` (ms), so that an older request to leave which comes late is over. With
 * `orVouched` the operator's word counts as well, which says that a mailbox works and takes back nobody's own no.
 */
export async function isBackSince(
  db: Db,
  site: string,
  {subscriber, at, orVouched = false}: {subscriber: string; at: number; orVouched?: boolean},
): Promise<boolean> {
  const row = await db
    .selectFrom('audience_journal')
    .select('seq')
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .where('event', 'in', ['signed-up', 'confirmed', 'returned', ...(orVouched ? ['vouched'] : [])])
    .where('at', '>', at)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Forgets who somebody is, in the caller's transaction: address, name, choices and the evidence of their consent. What
 * stays is that an id got mail and left, and of the address what `traceOf` makes of its key, by which a later import
 * is kept from bringing it back. A repeat changes nothing; undefined when there is no such subscriber.
 */
export async function eraseSubscriber(
  db: Db,
  site: string,
  {id, cause, now, traceOf}: {id: string; traceOf: (address: {key: string}) => string} & Omit<Told, 'event'>,
): Promise<SubscriberChange | undefined> {
  const known = await findSubscriber(db, site, id)
  if (known === undefined) return undefined
  const erased = await change(db, known, {event: 'removed', cause, now}, undefined, traceOf)
  await db.deleteFrom('consents').where('site', '=', site).where('subscriber', '=', id).execute()
  return erased
}

async function change(
  db: Db,
  known: SubscriberRow,
  told: Told,
  given?: {address: ParsedAddress; name: string | undefined},
  traceOf?: (address: {key: string}) => string,
): Promise<SubscriberChange> {
  const after = nextState(known.state, told.event)
  const unchanged = {id: known.id, before: known.state, after: known.state}
  if (after === known.state) return unchanged
  await db
    .updateTable('subscribers')
    .set({state: after, changed_at: told.now, ...personal(known, after, given, traceOf)})
    .where('site', '=', known.site)
    .where('id', '=', known.id)
    .execute()
  await writeJournal(db, known.site, known.id, after, told)
  return {...unchanged, after}
}

function personal(
  known: SubscriberRow,
  after: SubscriberState,
  given: {address: ParsedAddress; name: string | undefined} | undefined,
  traceOf: ((address: {key: string}) => string) | undefined,
): Partial<SubscriberRow> {
  if (after === 'erased') {
    if (traceOf === undefined) throw new BroadsideError('bug', 'subscriber.trace', 'nobody is erased without a trace')
    return {address: null, name: null, key: traceOf(known), cadence: 'each', timezone: null, topics: null}
  }
  if (given === undefined) return {}
  const {address, key} = given.address
  return {address, key, ...(given.name === undefined ? {} : {name: given.name})}
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
