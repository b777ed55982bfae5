export type Turns = {
  /** Runs `work` once one of the places is free; who waits longest goes first. */
  take: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** Lets at most `places` run at once. */
export function createTurns(places: number): Turns {
  let free = places
  const waiting: (() => void)[] = []
  return {
    async take(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
