import {isSafeAddress} from '@broadside/subscribers'
import {CompiledQuery, sql, type Updateable} from 'kysely'
import type {Db} from './open-ledger.ts'
import type {DeliveriesTable} from './tables.ts'

/**
 * pending → claimed → submitting → accepted, failed or uncertain; deferred until it is due, then claimed again;
 * excluded at the freeze or at the last look. Each subscriber of an edition is in one of them at every instant.
 */
export type DeliveryState =
  | 'pending'
  | 'claimed'
  | 'submitting'
  | 'deferred'
  | 'accepted'
  | 'failed'
  | 'uncertain'
  | 'excluded'

/** States that an edition may not be complete with. */
export const openDeliveryStates = ['pending', 'claimed', 'submitting', 'deferred'] as const

/** Who has a row in hand, until when (ms) unless they renew it. */
export type Lease = {worker: string; until: number}

export type ReadyDelivery = {
  subscriber: string
  address: string
  attempt: number
  /** When the first try began; null before that. */
  firstAt: number | null
  /** From when on it was due, and the epoch of the lane that gave out that time. */
  nextAt: number
  slot: number | null
}

/** Who may be written to now; others get a time of their own, and those whom it names nowhere stay claimed. */
export type Admitted = {go: ReadyDelivery[]; later: {subscriber: string; at: number; slot: number | null}[]}

export type SettledDelivery = {
  subscriber: string
  state: 'accepted' | 'failed' | 'uncertain' | 'deferred' | 'pending'
  reply: string
  attempt: number
  nextAt: number
}

/** How many of the edition's audience, or of its first share, are in each state; the sum is the whole of it (law 3). */
export async function deliveryCounts(
  db: Db,
  edition: string,
  {firstOnly = false}: Share = {},
): Promise<Record<DeliveryState, number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['state', (count) => count.fn.countAll<number>().as('people')])
    .where('edition', '=', edition)
    .$if(firstOnly, (share) => share.where(first))
    .groupBy('state')
    .execute()
  const none = {pending: 0, claimed: 0, submitting: 0, deferred: 0, accepted: 0, failed: 0, uncertain: 0, excluded: 0}
  return {...none, ...Object.fromEntries(rows.map(({state, people}) => [state, Number(people)]))}
}

/** Why people of the audience are left out, and how many for each reason, the most common first. */
export async function exclusionCounts(db: Db, edition: string): Promise<{reason: string; people: number}[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['reply as reason', (count) => count.fn.countAll<number>().as('people')])
    .where('edition', '=', edition)
    .where('state', '=', 'excluded')
    .groupBy('reply')
    .orderBy('people', 'desc')
    .orderBy('reason')
    .execute()
  return rows.map(({reason, people}) => ({reason: reason ?? 'not told', people: Number(people)}))
}

/** Which rows of an edition are meant: those of the share that goes first, or all. */
export type Share = {firstOnly?: boolean}

/** The index of the first share is found by these very words. */
const first = sql<boolean>`first_share = 1`

/** Takes up to `limit` rows that are due for one worker, those that wait longest first; gives their subscribers. */
export async function claimDeliveries(
  db: Db,
  edition: string,
  {lease, limit, now, firstOnly = false}: {lease: Lease; limit: number; now: number} & Share,
): Promise<string[]> {
  const claimed: string[] = []
  // State by state, so that the index gives the order and the rest of a long list is never read.
  for (const state of ['deferred', 'pending']) {
    if (claimed.length >= limit) break
    const rows = await db
      .updateTable('deliveries')
      .set({state: 'claimed', worker: lease.worker, lease_until: lease.until, changed_at: now})
      .where('edition', '=', edition)
      .where('subscriber', 'in', (from) =>
        from
          .selectFrom('deliveries')
          .select('subscriber')
          .where('edition', '=', edition)
          .where('state', '=', state)
          .where('next_at', '<=', now)
          .$if(firstOnly, (due) => due.where(first))
          .orderBy('next_at')
          .limit(limit - claimed.length),
      )
      .returning('subscriber')
      .execute()
    claimed.push(...rows.map(({subscriber}) => subscriber))
  }
  return claimed
}

/** Whether any row of the edition could be claimed now. */
export async function hasDueDelivery(
  db: Db,
  edition: string,
  now: number,
  {firstOnly = false}: Share = {},
): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('subscriber')
    .where('edition', '=', edition)
    .where('state', 'in', ['pending', 'deferred'])
    .where('next_at', '<=', now)
    .$if(firstOnly, (due) => due.where(first))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** When the next row of the edition is due, ms; Infinity when none waits. */
export async function nextDueAt(db: Db, edition: string, {firstOnly = false}: Share = {}): Promise<number> {
  const times = ['pending', 'deferred'].map(async (state) => {
    const row = await db
      .selectFrom('deliveries')
      .select('next_at')
      .where('edition', '=', edition)
      .where('state', '=', state)
      .$if(firstOnly, (due) => due.where(first))
      .orderBy('next_at')
      .limit(1)
      .executeTakeFirst()
    return row?.next_at ?? Infinity
  })
  return Math.min(...(await Promise.all(times)))
}

/** Whether any row of the edition still waits or is under way. */
export async function hasOpenDelivery(db: Db, edition: string): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('subscriber')
    .where('edition', '=', edition)
    .where('state', 'in', [...openDeliveryStates])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * The last look and the mark before the first byte, in the caller's transaction: of `subscribers`, claimed by the
 * worker, those who may still get mail become `submitting`, and the others `excluded` with the reason. Rows that the
 * worker holds no longer are left alone; `admit` may put some off. Undefined when the edition is not sending (any more).
 */
export async function beginSubmitting(
  db: Db,
  edition: string,
  {
    subscribers,
    lease,
    now,
    admit = (people) => ({go: people, later: []}),
  }: {subscribers: string[]; lease: Lease; now: number; admit?: (people: ReadyDelivery[]) => Admitted},
): Promise<ReadyDelivery[] | undefined> {
  const row = await db.selectFrom('editions').select(['state', 'site']).where('id', '=', edition).executeTakeFirst()
  if (row?.state !== 'sending') return undefined
  const held = await db
    .selectFrom('deliveries as d')
    .leftJoin('subscribers as s', (join) => join.onRef('s.id', '=', 'd.subscriber').on('s.site', '=', row.site))
    .select(['d.subscriber', 'd.attempt', 'd.first_at', 'd.next_at', 'd.slot', 's.address', 's.state'])
    .where('d.edition', '=', edition)
    .where('d.subscriber', 'in', subscribers)
    .where('d.state', '=', 'claimed')
    .where('d.worker', '=', lease.worker)
    .where('d.lease_until', '>', now)
    .execute()
  const ready: ReadyDelivery[] = []
  const excluded = new Map<string, string[]>()
  for (const {subscriber, attempt, address, state, first_at: firstAt, next_at: nextAt, slot} of held) {
    const reason = whyNot(state, address)
    if (reason === undefined) ready.push({subscriber, attempt, address: address!, firstAt, nextAt, slot})
    else excluded.set(reason, [...(excluded.get(reason) ?? []), subscriber])
  }
  const mark = (people: string[], set: Updateable<DeliveriesTable>) =>
    db
      .updateTable('deliveries')
      .set({...set, changed_at: now})
      .where('edition', '=', edition)
      .where('subscriber', 'in', people)
      .execute()
  const {go, later} = admit(ready)
  for (const [firstAt, people] of Map.groupBy(go, (one) => one.firstAt ?? now)) {
    const names = people.map(({subscriber}) => subscriber)
    await mark(names, {state: 'submitting', lease_until: lease.until, first_at: firstAt, slot: null})
  }
  for (const {subscriber, at, slot} of later) {
    await mark([subscriber], {state: 'pending', next_at: at, slot, worker: null, lease_until: null})
  }
  for (const [reason, people] of excluded) {
    await mark(people, {state: 'excluded', reply: reason, worker: null, lease_until: null})
  }
  return go.map((one) => ({...one, firstAt: one.firstAt ?? now}))
}

function whyNot(state: string | null, address: string | null): string | undefined {
  if (state !== 'active' || address === null) return `is ${state ?? 'unknown'} now`
  return isSafeAddress(address) ? undefined : 'has no address that can be used'
}

/**
 * Writes down what became of rows that the worker was submitting. A row whose lease ended meanwhile is uncertain; what
 * the server said after all is still taken down, unless it asks for another try, since others count on its state.
 */
export async function settleDeliveries(
  db: Db,
  edition: string,
  {worker, settled, now}: {worker: string; settled: SettledDelivery[]; now: number},
): Promise<void> {
  for (const {subscriber, state, reply, attempt, nextAt} of settled) {
    const final = state === 'accepted' || state === 'failed'
    // Written out, since this is done for each mail and building a query costs more than running it.
    const settling = await db.executeQuery(
      CompiledQuery.raw(final ? settleFinally : settleForNow, [
        state,
        reply,
        attempt,
        nextAt,
        now,
        edition,
        subscriber,
        worker,
      ]),
    )
    // The row keeps the last answer alone; those before it are a part of what happened.
    if (state === 'accepted' || state === 'pending' || settling.numAffectedRows === 0n) continue
    await db
      .insertInto('delivery_refusals')
      .values({edition, subscriber, at: now, state, reply})
      .onConflict((c) => c.doNothing())
      .execute()
  }
}

const settleForNow =
  'update deliveries set state = ?, reply = ?, attempt = ?, next_at = ?, worker = null, lease_until = null, ' +
  "changed_at = ? where edition = ? and subscriber = ? and worker = ? and state = 'submitting'"
const settleFinally = settleForNow.replace("state = 'submitting'", "state in ('submitting', 'uncertain')")

/** Gives back what the worker claimed and did not begin with. */
export async function releaseClaims(db: Db, edition: string, worker: string, now: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({state: 'pending', worker: null, lease_until: null, changed_at: now})
    .where('edition', '=', edition)
    .where('state', '=', 'claimed')
    .where('worker', '=', worker)
    .execute()
}

/** The worker lives: its rows stay with it until `until`. A lease that ended is not brought back. */
export async function renewLeases(db: Db, {worker, until}: Lease, now: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({lease_until: until})
    .where('worker', '=', worker)
    .where('lease_until', '>', now)
    .execute()
}

/**
 * Ends the leases of workers that gave no sign of life: what was only claimed waits again, what was being submitted is
 * uncertain and is not tried again. Up to 1,000 rows a call; gives the editions that were touched.
 */
export async function endLeases(db: Db, now: number): Promise<{edition: string; uncertain: number}[]> {
  const ended = await db
    .selectFrom('deliveries')
    .select(['edition', 'subscriber', 'state'])
    .where('lease_until', '<=', now)
    .limit(1_000)
    .execute()
  const touched = new Map<string, number>()
  for (const {edition, subscriber, state} of ended) {
    const doubt = state === 'submitting'
    const set = doubt
      ? {state: 'uncertain', reply: 'the sender ended before the server answered', lease_until: null}
      : {state: 'pending', worker: null, lease_until: null}
    await db
      .updateTable('deliveries')
      .set({...set, changed_at: now})
      .where('edition', '=', edition)
      .where('subscriber', '=', subscriber)
      .where('state', '=', state)
      .where('lease_until', '<=', now)
      .execute()
    touched.set(edition, (touched.get(edition) ?? 0) + (doubt ? 1 : 0))
  }
  return [...touched].map(([edition, uncertain]) => ({edition, uncertain}))
}

/** Excludes up to `limit` rows that wait, with the reason; gives how many. */
export async function excludeWaiting(
  db: Db,
  edition: string,
  {reason, limit, now}: {reason: string; limit: number; now: number},
): Promise<number> {
  const result = await db
    .updateTable('deliveries')
    .set({state: 'excluded', reply: reason, changed_at: now})
    .where('edition', '=', edition)
    .where('subscriber', 'in', (from) =>
      from
        .selectFrom('deliveries')
        .select('subscriber')
        .where('edition', '=', edition)
        .where('state', 'in', ['pending', 'deferred'])
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
