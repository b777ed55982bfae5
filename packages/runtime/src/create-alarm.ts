import type {Clock} from './clock.ts'

export type Alarm = {
  /** Rings once when `due` has come, at once when it is past, and never before; takes the place of what was set. */
  set: (due: number | undefined) => void
  /** Sets nothing any more. */
  stop: () => void
}

/** Timers of the runtime hold 24 days at most, and a machine that slept wakes up late: so the clock is asked again. */
const longestWaitMs = 30_000

/** Waits for a moment of `clock`, and follows a clock that is moved. */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let due: number | undefined
  let timer: NodeJS.Timeout | undefined
  const endJumps = clock.onJump?.(check)

  function check(): void {
    clearTimeout(timer)
    if (due === undefined) return
    const waitMs = due - clock.now()
    if (waitMs > 0) {
      timer = setTimeout(check, Math.min(waitMs, longestWaitMs)).unref()
      return
    }
    due = undefined
    ring()
  }

  return {
    set(next) {
      due = next
      check()
    },
    stop() {
      due = undefined
      clearTimeout(timer)
      endJumps?.()
    },
  }
}
