import {createPrivateKey, createPublicKey, sign, verify, type KeyObject} from 'node:crypto'
import {BroadsideError} from './errors.ts'

/** A signature over the canonical form of a JSON value; `key` is the public key, 32 bytes in base64url. */
export type JsonSignature = {algorithm: 'Ed25519'; key: string; value: string}

/**
 * The one text that a JSON value has (RFC 8785): members in the order of their names' UTF-16 code units, no spaces, strings
 * and numbers as JavaScript writes them. Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** Signs the UTF-8 of the canonical form by Ed25519 (RFC 8032). The same value and key give the same signature. */
export function signJson(value: unknown, key: KeyObject): JsonSignature {
  const bytes = Buffer.from(canonicalJson(value))
  return {algorithm: 'Ed25519', key: publicKeyOf(key), value: sign(null, bytes, key).toString('base64url')}
}

/** Whether the signature is one of this value by the key that it names; whose key that is, the caller has to know. */
export function verifyJson(value: unknown, {algorithm, key, value: signature}: JsonSignature): boolean {
  try {
    const publicKey = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x: key}, format: 'jwk'})
    const bytes = Buffer.from(canonicalJson(value))
    return algorithm === 'Ed25519' && verify(null, bytes, publicKey, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

/** The public half of a private key, as signatures name it. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({format: 'jwk'}).x ?? ''
}

/**
 * Reads a private key as `openssl genpkey -algorithm ed25519` writes it.
 * @throws BroadsideError `signing.key` (invalid), without a word of the key.
 */
export function readSigningKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below: what OpenSSL says may repeat what it was given.
  }
  throw new BroadsideError('invalid', 'signing.key', 'the key to sign with is no Ed25519 key in PEM', {
    hint: 'Make one with: openssl genpkey -algorithm ed25519 -out receipt-key.pem',
  })
}
