/** How long answers that come close together are waited for, ms, so that they share a transaction. */
const gatherMs = 4

/** Submissions that were begun, and those of them that are answered. */
export type InFlight<Result> = {
  /** Begun, and not yet given by `answered`: whoever stops before it is 0 loses answers that nobody asks for again. */
  readonly size: number
  add: (submission: Promise<Result>) => void
  /**
   * Those that were answered since the last call: at once when nothing is in flight, else when all of it is answered or
   * a moment after the first.
   */
  answered: () => Promise<Result[]>
}

/** Gathers answers into groups: each settled group is one write to the disk, however many rows it has. */
export function createInFlight<Result>(): InFlight<Result> {
  let unanswered = 0
  let results: Result[] = []
  let look: (() => void) | undefined

  return {
    get size() {
      return unanswered + results.length
    },
    add(submission) {
      unanswered += 1
      void submission.then((result) => {
        unanswered -= 1
        results.push(result)
        look?.()
      })
    },
    async answered() {
      if (unanswered > 0) {
        await new Promise<void>((resolve) => {
          let timer: NodeJS.Timeout | undefined
          look = () => {
            if (unanswered === 0) {
              clearTimeout(timer)
              resolve()
            } else if (results.length > 0) timer ??= setTimeout(resolve, gatherMs)
          }
          look()
        })
        look = undefined
      }
      const gathered = results
      results = []
      return gathered
    },
  }
}
