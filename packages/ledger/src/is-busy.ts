/** SQLITE_BUSY and SQLITE_LOCKED; extended codes have the primary one in their low byte. */
const busyCodes = new Set([5, 6])

/** Whether the ledger threw this because somebody else held it for too long: the same works a little later. */
export function isBusy(error: unknown): boolean {
  const {code, errcode} = (error ?? {}) as {code?: unknown; errcode?: unknown}
  return code === 'ERR_SQLITE_ERROR' && busyCodes.has(Number(errcode) & 0xff)
}
