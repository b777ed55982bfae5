import {setImmediate as nextTurn} from 'node:timers/promises'

/**
 * Lets all who ask within one turn of the event loop share one call of `work`. It begins after the last of them has
 * asked, so its answer is as new as each could have got alone. What it throws all of them get; a later question is a new
 * call.
 */
export function shareTurn<Answer>(work: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined
  return () =>
    (asked ??= nextTurn().then(() => {
      asked = undefined
      return work()
    }))
}
