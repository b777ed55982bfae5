export type Slots = {
  /**
   * Waits until one is free, then takes what is free up to `most`. `first` goes before all others who wait; `of` says
   * whose work it is for.
   */
  take: (most: number, options?: {first?: boolean; of?: string}) => Promise<number>
  /** Takes what is free now, up to `most`; nothing while anybody waits. */
  takeFree: (most: number) => number
  give: (count: number) => void
  /** Whether anybody waits for other work than that of `of`; who holds slots then gives them back after each group. */
  wantedBesides: (of: string) => boolean
}

/**
 * As many slots as there are connections to the mail server. A delivery is marked as being submitted only by who
 * holds a slot, so that no more of them are in doubt after a crash than connections were open.
 */
export function createSlots(total: number): Slots {
  const waiting: {most: number; of: string | undefined; resolve: (count: number) => void}[] = []
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
    take: (most, {first = false, of} = {}) =>
      new Promise((resolve) => {
        if (first) waiting.unshift({most, of, resolve})
        else waiting.push({most, of, resolve})
        serve()
      }),
    takeFree(most) {
      const count = Math.max(0, Math.min(free, most))
      free -= count
      return count
    },
    give(count) {
      free += count
      serve()
    },
    wantedBesides: (of) => waiting.some((one) => one.of === undefined || one.of !== of),
  }
}
