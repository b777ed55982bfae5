import {isSafeAddress, type SubscriberState} from '@broadside/subscribers'
import type {Lease} from './deliveries.ts'
import {whySuppressed} from './mail-reports.ts'
import type {Db} from './open-ledger.ts'
import type {LettersTable} from './tables.ts'

/**
 * A letter is one mail to one person that a person waits for; it has the states of a delivery. It is to a subscriber,
 * or to the author of a revision.
 */
export type LetterRow = LettersTable

type NewLetter = Pick<LetterRow, 'site' | 'id' | 'subscriber'> & {
  kind: 'confirmation' | 'push-failed'
  /** Of a letter to the author of a push. */
  revision?: number
}

/** Writes down that a letter is to be sent at once, in the caller's transaction. A repeat with the same id is ignored. */
export async function addLetter(db: Db, {site, id, kind, subscriber, revision}: NewLetter, now: number): Promise<void> {
  await db
    .insertInto('letters')
    .values({
      site,
      id,
      kind,
      subscriber,
      state: 'pending',
      attempt: 1,
      next_at: now,
      lease_until: null,
      worker: null,
      reply: null,
      created_at: now,
      revision: revision ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** When the subscriber was last sent a letter of this kind, ms. */
export async function lastLetterAt(
  db: Db,
  {site, subscriber, kind}: Pick<LetterRow, 'site' | 'subscriber' | 'kind'>,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('letters')
    .select('created_at')
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .where('kind', '=', kind)
    .orderBy('created_at', 'desc')
    .executeTakeFirst()
  return row?.created_at
}

/** Letters that are due since `before` or longer. */
export async function lettersDue(db: Db, before: number, limit: number): Promise<LetterRow[]> {
  return db
    .selectFrom('letters')
    .selectAll()
    .where('state', 'in', ['pending', 'deferred'])
    .where('next_at', '<=', before)
    .orderBy('next_at')
    .limit(limit)
    .execute()
}

/** Another try to have it carried out: raises the number by which jobs of one letter differ. */
export async function raiseLetter(db: Db, letter: LetterRow, now: number): Promise<boolean> {
  const result = await db
    .updateTable('letters')
    .set({attempt: letter.attempt + 1, next_at: now})
    .where('site', '=', letter.site)
    .where('id', '=', letter.id)
    .where('attempt', '=', letter.attempt)
    .where('state', 'in', ['pending', 'deferred'])
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/**
 * The last look and the mark before the first byte, in the caller's transaction: a letter that is due and whose
 * subscriber is in `wanted` and takes mail, or whose author is known, becomes `submitting`, of another it is `excluded`.
 * Undefined when there is nothing to send.
 */
export async function beginLetter(
  db: Db,
  {site, id, wanted, lease, now}: {site: string; id: string; wanted: SubscriberState; lease: Lease; now: number},
): Promise<(LetterRow & {address: string}) | undefined> {
  const row = await db
    .selectFrom('letters as l')
    .leftJoin('subscribers as s', (join) => join.onRef('s.site', '=', 'l.site').onRef('s.id', '=', 'l.subscriber'))
    .leftJoin('push_authors as a', (join) => join.onRef('a.site', '=', 'l.site').onRef('a.revision', '=', 'l.revision'))
    .selectAll('l')
    .select(['s.address as address', 's.state as subscriberState', 'a.address as author'])
    .where('l.site', '=', site)
    .where('l.id', '=', id)
    .where('l.state', 'in', ['pending', 'deferred'])
    .where('l.next_at', '<=', now)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const {subscriberState, author, ...letter} = row
  const mayGet = letter.revision === null ? subscriberState === wanted : author !== null
  const address = letter.revision === null ? row.address : author
  const suppressed = letter.revision === null ? await whySuppressed(db, {...letter, now}) : undefined
  const fit = mayGet && suppressed === undefined && address !== null && isSafeAddress(address)
  const set = fit
    ? {state: 'submitting', worker: lease.worker, lease_until: lease.until}
    : {state: 'excluded', reply: suppressed ?? `is ${subscriberState ?? 'unknown'} now`}
  await db.updateTable('letters').set(set).where('site', '=', site).where('id', '=', id).execute()
  return fit ? {...letter, address} : undefined
}

/** Writes down what became of a letter that the worker was submitting; see `settleDeliveries`. */
export async function settleLetter(
  db: Db,
  {
    site,
    id,
    worker,
    state,
    reply,
    nextAt,
  }: {
    site: string
    id: string
    worker: string
    state: 'accepted' | 'failed' | 'uncertain' | 'deferred'
    reply: string
    nextAt: number
  },
): Promise<void> {
  await db
    .updateTable('letters')
    .set({state, reply, next_at: nextAt, worker: null, lease_until: null})
    .where('site', '=', site)
    .where('id', '=', id)
    .where('worker', '=', worker)
    .where('state', 'in', state === 'deferred' ? ['submitting'] : ['submitting', 'uncertain'])
    .execute()
}

/** The worker lives: its letter stays with it until `until`. */
export async function renewLetterLease(db: Db, {worker, until}: Lease, now: number): Promise<void> {
  await db
    .updateTable('letters')
    .set({lease_until: until})
    .where('state', '=', 'submitting')
    .where('worker', '=', worker)
    .where('lease_until', '>', now)
    .execute()
}

/** Letters whose worker gave no sign of life are uncertain, and are not tried again; gives how many. */
export async function endLetterLeases(db: Db, now: number): Promise<number> {
  const result = await db
    .updateTable('letters')
    .set({state: 'uncertain', reply: 'the sender ended before the server answered', lease_until: null})
    .where('state', '=', 'submitting')
    .where('lease_until', '<=', now)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
