import {setTimeout as pause} from 'node:timers/promises'
import {backoffMs, BroadsideError} from '@broadside/runtime'

/** How calls to the objects are paced, in one process. */
export type Pace = {
  /**
   * Makes a call as soon as there is room for it, and again when it fails in a way that may pass, after a pause with
   * jitter or the one that the store asks for. `call` must bear to be repeated, and has a deadline of its own.
   *
   * @throws what `call` threw last: at once where it cannot pass by itself (403, no bucket), and when its tries, or the
   * retries that all calls share, are used up.
   */
  run: <Result extends {retries?: number} | void>(call: () => Promise<Result>) => Promise<Result>
  /** How many calls may be under way now. */
  readonly limit: number
}

export type PaceOptions = {
  /** Calls under way at once while all goes well. */
  most?: number
  /** Tries of one call, the first included. */
  tries?: number
  /** Told each time the limit has gone down, with what went wrong. */
  onSlower?: (limit: number, error: unknown) => void
  /** For tests. */
  wait?: (ms: number) => Promise<unknown>
  random?: () => number
}

/** Retries that there may be at the start, and at most. */
const budgetAtStart = 20
const budgetAtMost = 100
/** Of so many calls that go well one more may be repeated: a store that is down is not called five times as often. */
const callsPerRetry = 4
const longestPauseMs = 10_000

/**
 * A limit of calls under way that goes down by half when the store falters (SlowDown, 503, a cut connection, a deadline),
 * once for all calls that were under way then, and up again by one for as many good calls as it allows at once.
 */
export function createPace({
  most = 64,
  tries = 5,
  onSlower = () => {},
  wait = (ms) => pause(ms),
  random = Math.random,
}: PaceOptions = {}): Pace {
  let limit = most
  let underWay = 0
  let budget = budgetAtStart
  /** Calls that began before the limit went down last say nothing about the new one. */
  let era = 0
  const waiting: (() => void)[] = []

  async function enter(): Promise<void> {
    if (underWay < Math.floor(limit)) underWay += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    underWay -= 1
    while (underWay < Math.floor(limit) && waiting.length > 0) {
      underWay += 1
      waiting.shift()!()
    }
  }

  function slowDown(began: number, error: unknown): void {
    if (began !== era) return
    era += 1
    limit = Math.max(1, limit / 2)
    onSlower(Math.floor(limit), error)
  }

  async function once<Result extends {retries?: number} | void>(call: () => Promise<Result>): Promise<Result> {
    await enter()
    const began = era
    try {
      const result = await call()
      // The store's own client may have met trouble and got over it.
      if (typeof result === 'object' && (result.retries ?? 0) > 0) slowDown(began, undefined)
      else limit = Math.min(most, limit + 1 / limit)
      budget = Math.min(budgetAtMost, budget + 1 / callsPerRetry)
      return result
    } catch (error) {
      if (mayPass(error)) slowDown(began, error)
      throw error
    } finally {
      leave()
    }
  }

  return {
    get limit() {
      return Math.floor(limit)
    },
    async run(call) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(call)
        } catch (error) {
          if (!mayPass(error) || attempt >= tries || budget < 1) throw error
          budget -= 1
          const asked = error instanceof BroadsideError ? (error.retryAfterMs ?? 0) : 0
          await wait(Math.min(longestPauseMs, Math.max(asked, backoffMs(attempt, {baseMs: 100, random}))))
        }
      }
    },
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof BroadsideError && (error.kind === 'transient' || error.kind === 'throttled')
}
