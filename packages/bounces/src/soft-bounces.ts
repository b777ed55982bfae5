const dayMs = 86_400_000
const halfLifeMs = 30 * dayMs
/** A full mailbox or a server that is down for a long weekend is nobody gone. */
const leastSpanMs = 5 * dayMs
const enough = 3.5

/**
 * Whether mails that came back for a passing reason, one time (ms) each, are so many that nobody reads them: each counts
 * less as it ages, by half in thirty days, one a day counts, and they have to span five days. A mail that arrived in
 * between makes those before it count for nothing: leave them out.
 */
export function isWornOut(times: readonly number[], now: number): boolean {
  const days = new Map(times.map((at) => [Math.floor(at / dayMs), at]))
  const counted = [...days.values()]
  const weight = counted.reduce((sum, at) => sum + 2 ** (-Math.max(0, now - at) / halfLifeMs), 0)
  return weight >= enough && Math.max(...counted) - Math.min(...counted) >= leastSpanMs
}
