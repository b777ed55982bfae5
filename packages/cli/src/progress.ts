import type {Cli} from './cli.ts'

export type Progress = {
  show: (what: string, done: number, total: number) => void
  /** Takes the line away. A repeat does nothing. */
  clear: () => void
}

/** Work of fewer steps than this is over before anybody wonders. */
const worthShowing = 200
const everyMs = 100

/** One line on a terminal that says how far something is; nothing elsewhere. */
export function createProgress({stderr}: Pick<Cli, 'stderr'>): Progress {
  let shownAt = 0
  let isShown = false
  return {
    show(what, done, total) {
      const now = performance.now()
      if (stderr.isTTY !== true || total < worthShowing || (isShown && now - shownAt < everyMs)) return
      stderr.write(`\r\u001B[K${what} ${done} of ${total}`)
      shownAt = now
      isShown = true
    },
    clear() {
      if (isShown) stderr.write('\r\u001B[K')
      isShown = false
    },
  }
}
