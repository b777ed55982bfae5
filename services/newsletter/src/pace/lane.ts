/**
 * How fast mail may go one way: to a recipient's domain, through the mail server, from a site. Tokens are handed out
 * one at a time: `nextAt` is when the next mail may go, and each moves it on by `intervalMs` (GCRA). So there is no
 * burst at the start of a window, and none for the time in which nothing was sent.
 */
export type Lane = {
  /** Ms between two mails as it was learned from refusals; 0 when nothing speaks against full speed. */
  learnedMs: number
  nextAt: number
  /** Grows when times that were given out count no longer. */
  epoch: number
  /** When it was last made slower or faster. */
  changedAt: number
}

/** Mails that come together by chance are not torn apart for the sake of less than this, ms. */
const toleranceMs = 200
/** Refusals that come together are one, ms. */
const oneRefusalMs = 5_000
const longestIntervalMs = 60_000
const shortestLearnedMs = 25
/** How long a lane goes well before it is made faster, ms. */
const calmMs = 30_000

export const openLane: Lane = {learnedMs: 0, nextAt: 0, epoch: 0, changedAt: 0}

/** Ms between two mails, of what is allowed and what was learned. */
export function intervalOf(lane: Lane, allowedMs: number): number {
  return Math.max(lane.learnedMs, allowedMs)
}

/** When a mail may go, at once where that is not after `now`, and the lane after it. */
export function takeTurn(lane: Lane, {now, allowedMs}: {now: number; allowedMs: number}): {at: number; lane: Lane} {
  const intervalMs = intervalOf(lane, allowedMs)
  if (intervalMs === 0) return {at: now, lane}
  const next = Math.max(lane.nextAt, now)
  return {at: next - now <= toleranceMs ? now : next, lane: {...lane, nextAt: next + intervalMs}}
}

/**
 * The other side asked for less: half the speed, and a pause. Refusals that come at the same time count once. Times that
 * were given out before count no longer.
 */
export function slowDown(lane: Lane, {now, allowedMs}: {now: number; allowedMs: number}): Lane {
  if (now - lane.changedAt < oneRefusalMs && lane.learnedMs > 0) return lane
  const before = Math.max(intervalOf(lane, allowedMs), shortestLearnedMs)
  const learnedMs = Math.min(before * 2, longestIntervalMs)
  return {learnedMs, nextAt: now + Math.max(learnedMs, oneRefusalMs), epoch: lane.epoch + 1, changedAt: now}
}

/** Mail goes well again: a third faster each time it did so for a while, until nothing learned is left. */
export function speedUp(lane: Lane, {now, allowedMs}: {now: number; allowedMs: number}): Lane {
  if (lane.learnedMs === 0 || now - lane.changedAt < calmMs) return lane
  const learnedMs = lane.learnedMs / 1.5
  const isOver = learnedMs <= Math.max(allowedMs, shortestLearnedMs)
  return {...lane, learnedMs: isOver ? 0 : learnedMs, changedAt: now}
}
