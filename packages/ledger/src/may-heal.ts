import {kindOf} from '@broadside/runtime'

/**
 * Result codes of SQLite that pass by themselves: the file is held by others (BUSY, LOCKED, PROTOCOL), or memory, the
 * disk or its room are short for the moment (NOMEM, IOERR, FULL, CANTOPEN). Extended codes have them in their low byte.
 */
const passing = new Set([5, 6, 7, 10, 13, 14, 15])

/**
 * Whether the same may work a little later without anybody's help: a ledger that is busy, a server that is away. What
 * SQLite says of the statement itself, such as a constraint, is a fault of ours and stays one.
 */
export function mayHeal(error: unknown): boolean {
  const {code, errcode} = (error ?? {}) as {code?: unknown; errcode?: unknown}
  if (code === 'ERR_SQLITE_ERROR') return passing.has(Number(errcode) & 0xff)
  return kindOf(error) === 'transient' || kindOf(error) === 'throttled'
}
