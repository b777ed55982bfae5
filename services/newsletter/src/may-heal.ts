import {kindOf} from '@broadside/runtime'

/** Whether the same may work a little later without anybody's help: a ledger that is busy, a server that is away. */
export function mayHeal(error: unknown): boolean {
  if ((error as {code?: unknown} | null)?.code === 'ERR_SQLITE_ERROR') return true
  return kindOf(error) === 'transient' || kindOf(error) === 'throttled'
}
