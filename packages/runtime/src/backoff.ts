/**
 * Milliseconds to wait before try `attempt + 1`: doubling from `baseMs` to `maxMs`, with full jitter from `random`,
 * so that many who failed together do not come back together.
 */
export function backoffMs(
  attempt: number,
  {baseMs = 200, maxMs = 30_000, random = Math.random}: {baseMs?: number; maxMs?: number; random?: () => number} = {},
): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
