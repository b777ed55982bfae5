export type Window = {
  /** Counts one more for `key` at `now` (ms); false when that is more than `limit` within the window. */
  allows: (key: string, limit: number, now: number) => boolean
}

const sweepAbove = 10_000

/**
 * Counts per key and window of `windowMs`, in memory: what a restart forgets is only how patient we were. Memory is
 * bounded by the keys of one window.
 */
export function createWindow(windowMs: number): Window {
  const counts = new Map<string, {count: number; endsAt: number}>()
  return {
    allows(key, limit, now) {
      if (counts.size > sweepAbove) for (const [old, {endsAt}] of counts) if (endsAt <= now) counts.delete(old)
      const known = counts.get(key)
      const entry = known === undefined || known.endsAt <= now ? {count: 0, endsAt: now + windowMs} : known
      entry.count += 1
      counts.set(key, entry)
      return entry.count <= limit
    },
  }
}
