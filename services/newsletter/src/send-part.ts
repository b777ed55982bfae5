import {randomUUID} from 'node:crypto'
import {
  beginSubmitting,
  claimDeliveries,
  moveEdition,
  releaseClaims,
  renewLeases,
  settleDeliveries,
  whyDisarmed,
  type Lease,
  type ReadyDelivery,
} from '@broadside/ledger'
import {backoffMs} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import {createInFlight} from './create-in-flight.ts'
import {judgeOutcomes, type Judgement} from './judge-outcomes.ts'
import type {Newsletter} from './newsletter.ts'
import {noteRefusal} from './reports/note-refusal.ts'
import {submitDelivery, type Mailing} from './submit-delivery.ts'

/** How a part ended: there may be more, nobody is due, it is not to go on here, or not before `waitMs`. */
export type PartEnd = {end: 'more' | 'none-due' | 'stopped'} | {end: 'trouble'; waitMs: number}

/**
 * Sends an edition to the next recipients that are due, at most `partSize`. Each is marked before the first byte of
 * the message and settled after the answer; one transaction settles those that are answered and marks as many others,
 * so that no more rows are marked than connections are open. Any number of parts may run at once, in any number of
 * processes: each works on what it claimed.
 */
export async function sendPart(newsletter: Newsletter, mailing: Mailing, signal: AbortSignal): Promise<PartEnd> {
  const {deps, options} = newsletter
  const {ledger, clock} = deps
  const {edition} = mailing
  const {slots} = newsletter.outletOf(edition.site)
  const worker = randomUUID()
  const lease = (): Lease => ({worker, until: clock.now() + options.leaseMs})
  const waiting = await ledger.transaction((tx) =>
    claimDeliveries(tx, edition.id, {lease: lease(), limit: options.partSize, now: clock.now()}),
  )
  if (waiting.length === 0) return {end: 'none-due'}
  const alive = setInterval(() => void renew(newsletter, edition.id, lease()), options.leaseMs / 4)
  const inFlight = createInFlight<{delivery: ReadyDelivery; outcome: Outcome}>()
  /** Slots that this part holds: one for each that is in flight, or answered and not settled. */
  let held = 0
  let end: PartEnd | undefined
  let answersBefore = false
  try {
    while (end === undefined || inFlight.size > 0) {
      const isOver = end !== undefined || waiting.length === 0 || signal.aborted
      if (inFlight.size === 0 && isOver) break
      if (inFlight.size === 0) held += await slots.take(waiting.length)
      const results = await inFlight.answered()
      const free = held - inFlight.size
      // Others get their turn before this part goes on; the next part, here or elsewhere, takes what is left.
      const next = isOver || (slots.wanted && results.length > 0) || signal.aborted ? [] : waiting.splice(0, free)
      const now = clock.now()
      const answers = results.some(({outcome}) => outcome.state === 'accepted')
      const {deferMs, maxTries} = options
      const judgement = judgeOutcomes(results, {now, deferMs, maxTries, answers: answers || answersBefore})
      answersBefore = answers
      const stops = judgement.pause !== undefined || judgement.trouble !== undefined
      const waitMs = countTrouble(newsletter, edition.id, judgement, results.length)
      const begun = {subscribers: stops ? [] : next, lease: lease(), now}
      const ready = await ledger.transaction(async (tx) => {
        await settleDeliveries(tx, edition.id, {worker, settled: judgement.settled, now})
        for (const {delivery, outcome} of results) {
          const {subscriber} = delivery
          const end = judgement.settled.find((row) => row.subscriber === subscriber)
          if (end?.state !== 'failed') continue
          await noteRefusal(tx, {...edition, kind: 'edition', subscriber, attempt: end.attempt}, outcome, now)
        }
        if (waitMs !== undefined || stops) await note(tx, edition.id, judgement, now + (waitMs ?? 0))
        if (begun.subscribers.length === 0) return []
        return (await whyDisarmed(tx)) === undefined ? beginSubmitting(tx, edition.id, begun) : undefined
      })
      for (const delivery of ready ?? []) {
        inFlight.add(submitDelivery(newsletter, mailing, delivery).then((outcome) => ({delivery, outcome})))
      }
      const spare = held - inFlight.size
      held -= spare
      slots.give(spare)
      if (results.length > 0) tell(newsletter, edition, judgement)
      if (judgement.pause !== undefined || ready === undefined) end = {end: 'stopped'}
      else if (stops) end ??= {end: 'trouble', waitMs: waitMs ?? 0}
    }
    return end ?? {end: 'more'}
  } finally {
    clearInterval(alive)
    slots.give(held)
    await ledger.transaction((tx) => releaseClaims(tx, edition.id, worker, clock.now()))
  }
}

async function note(
  tx: Parameters<typeof moveEdition>[0],
  edition: string,
  {pause, trouble}: Judgement,
  progressAt: number,
): Promise<void> {
  await moveEdition(tx, edition, ['sending'], {
    progress_at: progressAt,
    reason: pause ?? trouble ?? null,
    ...(pause === undefined ? {} : {state: 'paused'}),
  })
}

/**
 * Ms to wait before the server is asked again: more from time to time while it cannot be used, 0 when it can again;
 * undefined when there is nothing new to say.
 */
function countTrouble(
  {troubles}: Newsletter,
  edition: string,
  {trouble}: Judgement,
  answered: number,
): number | undefined {
  if (trouble === undefined) return answered > 0 && troubles.delete(edition) ? 0 : undefined
  const count = (troubles.get(edition) ?? 0) + 1
  troubles.set(edition, count)
  return backoffMs(count, {baseMs: 500, maxMs: 30_000})
}

function tell({deps}: Newsletter, {id, site}: Mailing['edition'], {settled, pause, trouble}: Judgement): void {
  const about = {site, edition: id, deliveries: settled.length}
  const reason = pause ?? trouble
  if (pause !== undefined)
    deps.log.error({event: 'edition.paused', ...about, reason}, `an edition is paused: ${reason}`)
  else if (trouble !== undefined) {
    deps.log.warn({event: 'edition.waiting', ...about, reason}, `the mail server cannot be used now: ${reason}`)
  } else deps.log.debug({event: 'edition.group', ...about}, 'submitted')
}

/** A sign of life, for the rows in hand and for the edition. */
async function renew({deps}: Newsletter, edition: string, lease: Lease): Promise<void> {
  const {ledger, clock, log} = deps
  try {
    await renewLeases(ledger.db, lease, clock.now())
    await moveEdition(ledger.db, edition, ['sending'], {progress_at: clock.now()})
  } catch (error) {
    log.warn({event: 'delivery.lease.failed', edition, err: error}, 'the ledger does not answer')
  }
}
