import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
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
import {shareOf} from './carry-canary.ts'
import {createInFlight, type InFlight} from './create-in-flight.ts'
import {insist} from './insist.ts'
import {judgeOutcomes, type Judgement} from './judge-outcomes.ts'
import type {Newsletter} from './newsletter.ts'
import {createPacer} from './pace/create-pacer.ts'
import {noteRefusal} from './reports/note-refusal.ts'
import {remember, stormIn} from './storm.ts'
import {submitDelivery, type Mailing} from './submit-delivery.ts'

/** How a part ended: there may be more, nobody is due, it is not to go on here, or not before `waitMs`. */
export type PartEnd = {end: 'more' | 'none-due' | 'stopped'} | {end: 'later'; waitMs: number}

type Answered = {delivery: ReadyDelivery; outcome: Outcome}

/** A shorter wait is not worth a job of its own, ms. */
const shortWaitMs = 1_000

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
  const rules = options.rulesOf(edition.site)
  const worker = randomUUID()
  const lease = (): Lease => ({worker, until: clock.now() + options.leaseMs})
  const waiting = await ledger.transaction((tx) =>
    claimDeliveries(tx, edition.id, {
      lease: lease(),
      limit: options.partSize,
      now: clock.now(),
      ...shareOf(edition),
    }),
  )
  if (waiting.length === 0) return {end: 'none-due'}
  const alive = setInterval(() => void renew(newsletter, edition.id, lease()), options.leaseMs / 4)
  const inFlight = createInFlight<Answered>()
  /** Slots that this part holds: one for each that is in flight, or answered and not settled. */
  let held = 0
  let end: PartEnd | undefined
  let answersBefore = false
  let waitUntil = 0
  let results: Answered[] = []
  /** What the ledger says keeps the edition waiting. */
  let {reason} = edition
  try {
    while (end === undefined || inFlight.size > 0) {
      const isOver = end !== undefined || waiting.length === 0 || signal.aborted
      if (inFlight.size === 0 && isOver) break
      if (inFlight.size === 0) {
        if (waitUntil > clock.now()) await delay(waitUntil - clock.now())
        held += await slots.take(waiting.length, {of: edition.id})
      }
      results = await inFlight.answered()
      // Other editions and letters get their turn before this part goes on; another part of this edition has none to
      // lose, and two that share the connections would settle twice as many groups of half the size.
      const isTheirTurn = slots.wantedBesides(edition.id) && results.length > 0
      if (!isOver && !isTheirTurn) held += slots.takeFree(waiting.length + inFlight.size - held)
      const free = held - inFlight.size
      const next = isOver || isTheirTurn || clock.now() < waitUntil ? [] : waiting.splice(0, free)
      const now = clock.now()
      const answers = results.some(({outcome}) => outcome.state === 'accepted')
      const {deferMs, giveUpMs} = options
      const judgement = judgeOutcomes(results, {now, deferMs, giveUpMs, answers: answers || answersBefore})
      answersBefore = answers
      const storm = noteWeather(newsletter, edition.id, judgement)
      if (storm !== undefined) judgement.pause ??= storm
      const {pause, trouble} = judgement
      const stops = pause !== undefined || trouble !== undefined
      const troubleMs = countTrouble(newsletter, edition.id, judgement, results.length)
      const {ready, paced, wanted} = await insist(deps, async (tx) => {
        await settleDeliveries(tx, edition.id, {worker, settled: judgement.settled, now})
        for (const {delivery, outcome} of results) {
          const {subscriber} = delivery
          const end = judgement.settled.find((row) => row.subscriber === subscriber)
          if (end?.state !== 'failed' || rules.testTo !== undefined) continue
          await noteRefusal(tx, {...edition, kind: 'edition', subscriber, attempt: end.attempt}, outcome, now)
        }
        const pacer = await createPacer(tx, edition.site, rules, {answers: judgement.lanes, now})
        const subscribers = stops ? [] : next
        const begun = {subscribers, lease: lease(), now, admit: pacer.admit}
        const isArmed = subscribers.length === 0 || (await whyDisarmed(tx)) === undefined
        const ready = subscribers.length === 0 ? [] : isArmed ? await beginSubmitting(tx, edition.id, begun) : undefined
        await pacer.keep()
        const {paced} = pacer
        const isLong = paced.waitUntil - now > shortWaitMs
        const wanted = pause ?? trouble ?? (isLong ? paced.why : ready === undefined ? reason : null)
        if (wanted !== reason || troubleMs !== undefined || isLong) {
          const progressAt = now + (troubleMs ?? 0) + (isLong ? paced.waitUntil - now : 0)
          const state = pause === undefined ? {} : {state: 'paused' as const}
          await moveEdition(tx, edition.id, ['sending'], {reason: wanted, progress_at: progressAt, ...state})
        }
        return {ready, paced, wanted}
      })
      reason = wanted
      for (const delivery of ready ?? []) {
        inFlight.add(submitDelivery(newsletter, mailing, delivery).then((outcome) => ({delivery, outcome})))
      }
      const spare = held - inFlight.size
      held -= spare
      slots.give(spare)
      if (results.length > 0) tell(newsletter, edition, judgement)
      results = []
      waiting.unshift(...paced.back)
      waitUntil = paced.waitUntil
      if (pause !== undefined || ready === undefined) end = {end: 'stopped'}
      else if (stops) end ??= {end: 'later', waitMs: troubleMs ?? 0}
      else if (waitUntil - now > shortWaitMs) end ??= {end: 'later', waitMs: waitUntil - now}
    }
    return end ?? {end: 'more'}
  } catch (error) {
    await settleRest(newsletter, edition.id, {worker, results, inFlight})
    throw error
  } finally {
    clearInterval(alive)
    slots.give(held)
    await ledger.transaction((tx) => releaseClaims(tx, edition.id, worker, clock.now()))
  }
}

/**
 * Whatever it is that a part cannot go on for, nobody asks the server again what it answered: what is known is written
 * down, and what is under way is waited for.
 */
async function settleRest(
  {deps, options}: Newsletter,
  edition: string,
  {worker, results, inFlight}: {worker: string; results: Answered[]; inFlight: InFlight<Answered>},
): Promise<void> {
  const {deferMs, giveUpMs} = options
  try {
    for (let rest = results; rest.length + inFlight.size > 0; rest = await inFlight.answered()) {
      const now = deps.clock.now()
      const {settled} = judgeOutcomes(rest, {now, deferMs, giveUpMs})
      await insist(deps, (tx) => settleDeliveries(tx, edition, {worker, settled, now}))
    }
  } catch (error) {
    deps.log.error(
      {event: 'delivery.unsettled', edition, err: error},
      'answers of the mail server are not written down',
    )
  }
}

/** Why the last answers say that nobody else is to be written to. */
function noteWeather({weathers}: Newsletter, edition: string, {settled, pause}: Judgement): string | undefined {
  const weather = remember(weathers.get(edition) ?? [], settled)
  const storm = stormIn(weather)
  if (storm !== undefined || pause !== undefined) weathers.delete(edition)
  else weathers.set(edition, weather)
  return storm
}

/**
 * Ms to wait before the server is asked again: more from time to time while it cannot be used; undefined when there is
 * nothing wrong with it.
 */
function countTrouble(
  {troubles}: Newsletter,
  edition: string,
  {trouble}: Judgement,
  answered: number,
): number | undefined {
  if (trouble === undefined) {
    if (answered > 0) troubles.delete(edition)
    return undefined
  }
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
