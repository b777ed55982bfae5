/** Where the time comes from; passed in, so that tests travel. Milliseconds since the epoch. */
export type Clock = {
  now: () => number
  /** Calls `listener` after each jump of a clock that is moved by hand; gives the function that ends it. */
  onJump?: (listener: () => void) => () => void
}

export const systemClock: Clock = {now: () => Date.now()}
