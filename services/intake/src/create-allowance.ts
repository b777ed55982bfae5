export type Allowance = {
  /** Takes one of `key`'s at `now` (ms); otherwise the milliseconds until there is one again. */
  take: (key: string, now: number) => {ok: true} | {ok: false; waitMs: number}
}

/**
 * Gives each key `burst` at once and `perSecond` after that. In memory: what a restart forgets is only how patient we
 * were. Keys must be few, since each is kept.
 */
export function createAllowance({burst, perSecond}: {burst: number; perSecond: number}): Allowance {
  const kept = new Map<string, {left: number; at: number}>()
  return {
    take(key, now) {
      const {left, at} = kept.get(key) ?? {left: burst, at: now}
      const refilled = Math.min(burst, left + (Math.max(0, now - at) / 1_000) * perSecond)
      if (refilled < 1) return {ok: false, waitMs: Math.ceil(((1 - refilled) / perSecond) * 1_000)}
      kept.set(key, {left: refilled - 1, at: now})
      return {ok: true}
    },
  }
}
