import {BroadsideError, kindOf} from '@broadside/runtime'

/** What is done with a job whose handling failed. */
export type Settlement =
  /** It is tried again with backoff, and a try is used up. */
  | {road: 'retry'}
  /** It comes again after `delayMs`, and no try is used up. */
  | {road: 'delay'; delayMs: number}
  /** It becomes a dead letter. */
  | {road: 'bury'}
  /** It may have been done, which the handler has recorded; the job ends. */
  | {road: 'complete'}

/** Decides by the kind of the error; `tries` counts this one. */
export function settleJob(
  error: unknown,
  {tries, maxTries, random = Math.random}: {tries: number; maxTries: number; random?: () => number},
): Settlement {
  const kind = kindOf(error)
  if (kind === 'invalid') return {road: 'bury'}
  if (kind === 'uncertain') return {road: 'complete'}
  if (kind === 'throttled') {
    const pauseMs = (error instanceof BroadsideError ? error.retryAfterMs : undefined) ?? 1_000
    // Those that were sent away together come back spread over a tenth of the pause.
    return {road: 'delay', delayMs: Math.round(pauseMs * (1 + random() / 10))}
  }
  return tries >= maxTries ? {road: 'bury'} : {road: 'retry'}
}
