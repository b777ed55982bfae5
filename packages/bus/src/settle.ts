import {backoffMs, BroadsideError, kindOf} from '@broadside/runtime'

/** What is done with an event whose handling failed. */
export type Settlement =
  /** It comes again after `delayMs`. */
  | {road: 'retry'; delayMs: number}
  /** It becomes a dead letter and never comes again. `settled`: it may have been done, so it counts as handled. */
  | {road: 'bury'; settled: boolean}

/**
 * Decides by the kind of the error. `tries` counts this one; those that were throttled do not use up the budget of
 * `maxTries`.
 */
export function settle(
  error: unknown,
  {tries, maxTries, random = Math.random}: {tries: number; maxTries: number; random?: () => number},
): Settlement {
  const kind = kindOf(error)
  if (kind === 'invalid') return {road: 'bury', settled: false}
  if (kind === 'uncertain') return {road: 'bury', settled: true}
  if (kind === 'throttled') {
    const pauseMs = (error instanceof BroadsideError ? error.retryAfterMs : undefined) ?? 1_000
    // Those that were sent away together come back spread over a tenth of the pause.
    return {road: 'retry', delayMs: Math.round(pauseMs * (1 + random() / 10))}
  }
  if (tries >= maxTries) return {road: 'bury', settled: false}
  return {road: 'retry', delayMs: backoffMs(tries, {baseMs: 200, maxMs: 30_000, random})}
}
