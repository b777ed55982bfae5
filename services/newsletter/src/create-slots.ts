export type Slots = {
  /** Waits until one is free, then takes what is free up to `most`. `first` goes before all others who wait. */
  take: (most: number, options?: {first?: boolean}) => Promise<number>
  give: (count: number) => void
  /** Whether anybody waits; who holds slots then gives back what it has no use for now. */
  readonly wanted: boolean
}

/**
 * As many slots as there are connections to the mail server. A delivery is marked as being submitted only by who
 * holds a slot, so that no more of them are in doubt after a crash than connections were open.
 */
export function createSlots(total: number): Slots {
  const waiting: {most: number; resolve: (count: number) => void}[] = []
  let free = total

  function serve(): void {
    while (free > 0) {
      const next = waiting.shift()
      if (next === undefined) return
      const count = Math.min(free, next.most)
      free -= count
      next.resolve(count)
    }
  }

  return {
    take: (most, {first = false} = {}) =>
      new Promise((resolve) => {
        if (first) waiting.unshift({most, resolve})
        else waiting.push({most, resolve})
        serve()
      }),
    give(count) {
      free += count
      serve()
    },
    get wanted() {
      return waiting.length > 0
    },
  }
}
