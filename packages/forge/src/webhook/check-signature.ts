import {createHash, createHmac, timingSafeEqual} from 'node:crypto'

/**
 * Whether `given` is the HMAC-SHA256 of `parts` under one of `keys`. All keys are tried, whichever fits, and digests
 * are compared in constant time: how long it takes tells nothing.
 */
export function isSignedBy(
  keys: readonly (string | Uint8Array)[],
  parts: readonly (string | Uint8Array)[],
  given: Uint8Array,
): boolean {
  let found = false
  for (const key of keys) {
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part)
    const digest = hmac.digest()
    // A digest of another length is none; that much everybody may know.
    if (given.length === digest.length && timingSafeEqual(digest, given)) found = true
  }
  return found
}

/** Whether `given` is one of `secrets`. Compares hashes of both, since the lengths of secrets are to stay secret too. */
export function isOneOf(secrets: readonly string[], given: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const told = hash(given)
  let found = false
  for (const secret of secrets) if (timingSafeEqual(hash(secret), told)) found = true
  return found
}

/** The bytes of a digest in hexadecimal, empty when it is none. */
export function bytesOfHex(text: string | null): Uint8Array {
  return text !== null && /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : new Uint8Array()
}
