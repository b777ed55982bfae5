import {judgeEnvelope} from './judge-envelope.ts'
import type {Outcome, Submission, Submitter} from './outcome.ts'

export const closedOutcome: Outcome = {state: 'deferred', scope: 'server', reason: 'The submitter is closed'}

export type Way = {
  /** As many are sent at once. */
  connections: number
  send: (submission: Submission) => Promise<Outcome>
  /** Ends what is being sent, when closing has waited for long enough. */
  giveUp: () => void
  /** After the last is sent. */
  end: () => Promise<void>
}

/**
 * What every way out has in common: an envelope that no server would take goes nowhere, more submissions than connections
 * wait their turn, in order, and closing takes no more and waits for those that it has. A repeat of `close` waits with
 * the first.
 */
export function submitInTurn({
  connections,
  send,
  giveUp,
  end,
}: Way): Pick<Submitter, 'submit' | 'connections' | 'close'> {
  const waiting: (() => void)[] = []
  let free = connections
  let closing: Promise<void> | undefined
  let onDrained: (() => void) | undefined

  async function submit(submission: Submission): Promise<Outcome> {
    const unfit = judgeEnvelope(submission)
    if (unfit !== undefined) return unfit
    if (closing !== undefined) return closedOutcome
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await send(submission)
    } finally {
      const next = waiting.shift()
      if (next !== undefined) next()
      else if (++free === connections) onDrained?.()
    }
  }

  async function close(patienceMs: number | undefined): Promise<void> {
    const late = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
    if (free < connections) await new Promise<void>((resolve) => (onDrained = resolve))
    clearTimeout(late)
    await end()
  }

  return {submit, connections, close: ({patienceMs} = {}) => (closing ??= close(patienceMs))}
}
