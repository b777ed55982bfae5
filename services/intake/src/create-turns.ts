import {setImmediate} from 'node:timers/promises'

export type Turns = {
  /** Runs `work` once one of the places is free; who waits longest goes first. */
  take: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/**
 * Lets at most `places` run at once. They start one by one, with a look at what came over the network between: to start
 * a process holds everything else up for some milliseconds.
 */
export function createTurns(places: number): Turns {
  let free = places
  const waiting: (() => void)[] = []
  let lastStart: Promise<unknown> = Promise.resolve()
  return {
    async take(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        lastStart = lastStart.then(() => setImmediate())
        await lastStart
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
