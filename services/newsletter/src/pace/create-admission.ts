import type {LaneRow, ReadyDelivery} from '@broadside/ledger'
import {intervalOf, openLane, speedUp, slowDown, takeTurn, type Lane} from './lane.ts'
import type {SendingRules} from './sending-rules.ts'

/** Rows are not given a time further ahead than this, ms, so that a lane that gets faster finds them soon. */
const horizonMs = 600_000
/** A time that was given out holds this long after it has come, ms: no burst after hours in which nothing was sent. */
const graceMs = 10_000

/** Lanes by name: `site`, `server`, or `to <domain>`. */
export type Lanes = Map<string, Lane>

export type Admission = {
  /** Those who may go now. */
  go: ReadyDelivery[]
  /** Those whose domain is not to be written to before `at`. */
  later: {subscriber: string; at: number; slot: number | null}[]
  /** Those whom the whole site has to wait with, until `waitUntil`. */
  back: string[]
  waitUntil: number
}

const siteLane = 'site'
export const serverLane = 'server'

export function domainLane(address: string): string {
  return `to ${address.slice(address.lastIndexOf('@') + 1)}`
}

/** What the rules allow on a lane, ms between two mails. */
function allowedOn(name: string, {siteMs, domainMs}: SendingRules): number {
  if (name === siteLane) return siteMs
  if (name === serverLane) return 0
  return domainMs.get(name.slice('to '.length)) ?? domainMs.get('*') ?? 0
}

/** The lanes as they stand in the ledger. */
export function lanesFrom(rows: readonly LaneRow[]): Lanes {
  return new Map(
    rows.map(({name, learned_ms: learnedMs, next_at: nextAt, epoch, changed_at: changedAt}) => [
      name,
      {learnedMs, nextAt, epoch, changedAt},
    ]),
  )
}

/**
 * Decides who of `people` may be written to now, and moves the lanes on. A mail that its domain has to wait for gets a
 * time of its own and leaves the way free for others; one that the site or the server has to wait for is given back.
 */
export function admit(people: ReadyDelivery[], lanes: Lanes, rules: SendingRules, now: number): Admission {
  const admission: Admission = {go: [], later: [], back: [], waitUntil: now}
  const use = (name: string): number => {
    const turn = takeTurn(lanes.get(name) ?? openLane, {now, allowedMs: allowedOn(name, rules)})
    if (lanes.has(name) || turn.lane !== openLane) lanes.set(name, turn.lane)
    return turn.at
  }
  const shared = [siteLane, serverLane]
  for (const person of people) {
    const wait = Math.max(...shared.map((name) => nextOn(lanes.get(name), allowedOn(name, rules), now)))
    if (wait > now) {
      admission.back.push(person.subscriber)
      admission.waitUntil = wait
      continue
    }
    const name = domainLane(person.address)
    const lane = lanes.get(name) ?? openLane
    const isDue = person.slot !== null && person.slot === lane.epoch && now - person.nextAt < graceMs
    if (!isDue && intervalOf(lane, allowedOn(name, rules)) > 0) {
      if (lane.nextAt > now + horizonMs) {
        admission.later.push({subscriber: person.subscriber, at: now + horizonMs, slot: null})
        continue
      }
      const at = use(name)
      if (at > now) {
        admission.later.push({subscriber: person.subscriber, at, slot: lane.epoch})
        continue
      }
    }
    for (const one of shared) use(one)
    admission.go.push(person)
  }
  return admission
}

function nextOn(lane: Lane = openLane, allowedMs: number, now: number): number {
  return takeTurn(lane, {now, allowedMs}).at
}

/** What the answers teach: lanes that were refused get slower, those that took mail get faster in time. */
export function learn(
  answers: {lane: string; refused: boolean}[],
  lanes: Lanes,
  rules: SendingRules,
  now: number,
): void {
  for (const {lane: name, refused} of answers) {
    const lane = lanes.get(name)
    if (!refused && lane === undefined) continue
    const about = {now, allowedMs: allowedOn(name, rules)}
    lanes.set(name, refused ? slowDown(lane ?? openLane, about) : speedUp(lane!, about))
  }
}
