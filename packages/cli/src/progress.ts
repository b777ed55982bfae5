import type {Cli} from './cli.ts'

export type Progress = {
  show: (what: string, done: number, total: number) => void
  /** Shows a line as it is, in the place of the one before. */
  tell: (what: string) => void
  /** Takes the line away. A repeat does nothing. */
  clear: () => void
}

/** Work of fewer steps than this is over before anybody wonders. */
const worthShowing = 200
const everyMs = 100
const usualColumns = 80

/** One line on a terminal that says how far something is; nothing elsewhere. */
export function createProgress({stderr}: Pick<Cli, 'stderr'>): Progress {
  let shownAt = 0
  let shown = ''

  /** A line that is longer than the terminal is wide could not be taken away again. */
  function tell(what: string): void {
    const line = what.slice(0, (stderr.columns ?? usualColumns) - 1)
    if (stderr.isTTY !== true || line === shown) return
    stderr.write(`\r\u001B[K${line}`)
    shown = line
  }

  return {
    show(what, done, total) {
      const now = performance.now()
      if (total < worthShowing || (shown !== '' && now - shownAt < everyMs)) return
      tell(`${what} ${done} of ${total}`)
      shownAt = now
    },
    tell,
    clear: () => tell(''),
  }
}
