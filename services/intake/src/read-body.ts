import {BroadsideError} from '@broadside/runtime'

export type BodyLimits = {
  /** Longest body. */
  maxBytes: number
  /** What all bodies that are on their way may take together. */
  maxHeldBytes: number
  /** Until when the last byte must have come, from the first look on. */
  deadlineMs: number
}

/**
 * Reads bodies whole, within limits that hold whatever a sender says of its length.
 *
 * @throws BroadsideError `http.too-large` and `hook.slow` (invalid), and `hook.busy` (throttled) when too many come at
 *   once.
 */
export function createBodyReader({maxBytes, maxHeldBytes, deadlineMs}: BodyLimits) {
  let held = 0
  return async function readBody(request: Request): Promise<Uint8Array> {
    if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    const reader = request.body?.getReader()
    if (reader === undefined) return new Uint8Array()
    const chunks: Uint8Array[] = []
    let length = 0
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      void reader.cancel().catch(() => {})
    }, deadlineMs)
    try {
      for (;;) {
        const {done, value} = await reader.read()
        if (isLate) throw new BroadsideError('invalid', 'hook.slow', `the body did not come within ${deadlineMs} ms`)
        if (done) return Buffer.concat(chunks)
        length += value.length
        held += value.length
        if (length > maxBytes) throw tooLarge(maxBytes)
        if (held > maxHeldBytes) {
          throw new BroadsideError('throttled', 'hook.busy', 'too much is sent at once', {retryAfterMs: 5_000})
        }
        chunks.push(value)
      }
    } catch (error) {
      void reader.cancel().catch(() => {})
      throw error
    } finally {
      clearTimeout(timer)
      held -= length
    }
  }
}

function tooLarge(maxBytes: number): BroadsideError {
  return new BroadsideError('invalid', 'http.too-large', `the body is longer than ${maxBytes} bytes`, {
    hint: 'The remote is looked at all the same, a little later',
  })
}
