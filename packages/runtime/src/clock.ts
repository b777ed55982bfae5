/** Where the time comes from; passed in, so that tests travel. Milliseconds since the epoch. */
export type Clock = {now: () => number}

export const systemClock: Clock = {now: () => Date.now()}
