import {BroadsideError, explain} from '@broadside/runtime'
import {lettersToReplay, markReplayed, markReplayFailed, type DeadLetter} from './dead-letters.ts'
import type {Db} from './open-ledger.ts'

/** What a letter says of the error that made it one. */
export function failureOf(error: unknown): Pick<DeadLetter, 'reason' | 'code'> {
  return {reason: explain(error), code: error instanceof BroadsideError ? error.code : 'unexpected'}
}

/**
 * Hands the oldest `limit` letters of `source` that are asked for to `replay`, one after the other. One that succeeds
 * is marked as put right; one that fails waits again with the new reason. Gives how many there were. Two processes
 * that do this at the same time may both be handed a letter, and so may a process that died in between. What fails
 * after `signal` was aborted is still asked for afterwards.
 */
export async function replayDeadLetters(
  db: Db,
  {source, limit, now, signal}: {source: string; limit: number; now: () => number; signal: AbortSignal},
  replay: (letter: DeadLetter) => Promise<void>,
): Promise<number> {
  const letters = await lettersToReplay(db, source, limit)
  for (const letter of letters) {
    if (signal.aborted) break
    try {
      await replay(letter)
    } catch (error) {
      if (signal.aborted) break
      await markReplayFailed(db, letter.id, {...failureOf(error), at: now()})
      continue
    }
    await markReplayed(db, letter.id, now())
  }
  return letters.length
}
