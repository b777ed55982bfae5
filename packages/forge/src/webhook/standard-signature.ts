import {isSignedBy} from './check-signature.ts'
import type {HookKeys, HookRequest} from './hook.ts'

/** How far the sender's clock may be from ours, and how long a delivery that somebody recorded can be played back. */
const toleranceMs = 5 * 60_000

/**
 * Whether a request carries a valid signature of Standard Webhooks: `webhook-signature` holds one or several
 * `v1,<base64>` over `id.timestamp.body`. A secret `whsec_<base64>` stands for the decoded bytes, any other for itself.
 */
export function hasStandardSignature({headers, body}: HookRequest, {secrets, now}: HookKeys): boolean {
  const id = headers.get('webhook-id') ?? ''
  const timestamp = headers.get('webhook-timestamp') ?? ''
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now - Number(timestamp) * 1_000) > toleranceMs) return false
  const keys = secrets.map(keyOf)
  let found = false
  for (const signature of (headers.get('webhook-signature') ?? '').split(' ').slice(0, 10)) {
    const [version, digest = ''] = signature.split(',')
    if (version !== 'v1') continue
    if (isSignedBy(keys, [`${id}.${timestamp}.`, body], Buffer.from(digest, 'base64'))) found = true
  }
  return found
}

function keyOf(secret: string): string | Uint8Array {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
}
