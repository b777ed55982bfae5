import {backoffMs} from './backoff.ts'
import {BroadsideError, kindOf} from './errors.ts'
import type {Logger} from './logger.ts'

export type Loop = {
  /** Looks now (or once more, when a look is under way). Cheap to call often. */
  nudge: () => void
  start: () => void
  /** Starts no further look and waits for the one under way. */
  stop: () => Promise<void>
}

export type LoopOptions = {
  name: string
  /** Milliseconds from the end of one look to the start of the next. */
  everyMs: number
  /** One look. True when there may be more to do at once. A look never overlaps with the next. */
  look: () => Promise<boolean | void>
  log: Logger
}

/**
 * Calls `look` at once, then every `everyMs`, and whenever nudged. A look that throws is logged and tried again with
 * backoff: a loop never ends by itself. It is how a service finds work that no message told it of.
 */
export function createLoop({name, everyMs, look, log}: LoopOptions): Loop {
  let stopped = true
  let pending = false
  let wake: (() => void) | undefined
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    let failures = 0
    while (!stopped) {
      pending = false
      let waitMs = everyMs
      try {
        if (await look()) pending = true
        failures = 0
      } catch (error) {
        failures += 1
        waitMs = backoffMs(failures, {baseMs: 250, maxMs: Math.max(everyMs, 5_000)})
        pending = false
        const level = kindOf(error) === 'bug' ? 'error' : 'warn'
        log[level]({event: `${name}.failed`, err: error, failures, waitMs}, `${name}: ${messageOf(error)}`)
      }
      if (!stopped && !pending) await sleepOrNudge(waitMs)
    }
  }

  function sleepOrNudge(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      function done(): void {
        clearTimeout(timer)
        wake = undefined
        resolve()
      }
      wake = done
    })
  }

  return {
    nudge() {
      pending = true
      wake?.()
    },
    start() {
      if (!stopped) return
      stopped = false
      running = run()
    },
    async stop() {
      stopped = true
      wake?.()
      await running
    },
  }
}

function messageOf(error: unknown): string {
  if (error instanceof BroadsideError) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
