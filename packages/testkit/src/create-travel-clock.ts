/** A clock that goes on as the machine's does, and jumps where a test moves it. */
export type TravelClock = {
  now: () => number
  onJump: (listener: () => void) => () => void
  /** Goes on from this instant, ms since the epoch; only ever forwards. */
  travelTo: (instant: number) => void
}

export function createTravelClock(): TravelClock {
  const listeners = new Set<() => void>()
  let ahead = 0
  const clock: TravelClock = {
    now: () => Date.now() + ahead,
    onJump(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    travelTo(instant) {
      ahead += Math.max(0, instant - clock.now())
      for (const listener of listeners) listener()
    },
  }
  return clock
}
