/** One number that two threads share: how many writes of the other one wait for the ledger. */
export type SharedCount = Int32Array<SharedArrayBuffer>

export type WriteTurn = {
  /** Handed to the thread that goes first. */
  shared: SharedCount
  /** For that thread: `work` writes to the ledger. */
  first: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** For the other one, before it begins to write: waits while somebody wants to go first. */
  giveWay: () => Promise<void>
}

/** No write waits longer than this: the other thread may be held up by something else. */
const longestMs = 100

/**
 * Lets the thread that answers write to the ledger before the one that works. SQLite asks for its lock anew from time to
 * time, less and less often, and keeps no order: who writes once waits for seconds beside somebody who writes all the
 * time. So that one holds back for the moment.
 */
export function createWriteTurn(shared: SharedCount = new Int32Array(new SharedArrayBuffer(4))): WriteTurn {
  return {
    shared,
    async first(work) {
      Atomics.add(shared, 0, 1)
      try {
        return await work()
      } finally {
        Atomics.sub(shared, 0, 1)
        Atomics.notify(shared, 0)
      }
    },
    async giveWay() {
      const wanting = Atomics.load(shared, 0)
      if (wanting === 0) return
      const waiting = Atomics.waitAsync(shared, 0, wanting, longestMs)
      if (waiting.async) await waiting.value
    },
  }
}
