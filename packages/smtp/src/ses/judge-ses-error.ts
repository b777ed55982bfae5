import {cleanReply} from '../clean-reply.ts'
import type {Outcome} from '../outcome.ts'

/** What the SDK says of a call that failed. */
export type SesError = Error & {
  code?: string | undefined
  $metadata?: {httpStatusCode?: number | undefined} | undefined
}

/** Nothing of the message can have left: there was no connection, or nobody to sign the call. */
const unconnected = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CredentialsProviderError',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]
/** The account may not send, or not so: it would meet every other message too. */
const refusals = [
  'MessageRejected',
  'MailFromDomainNotVerifiedException',
  'AccountSuspendedException',
  'SendingPausedException',
]

/**
 * What an error of the API means for a message. A call is no dialogue: once it is written, only an answer tells whether
 * the message was taken, and `500` is none. A recipient is at fault where the answer says so; all else is about us.
 */
export function judgeSesError(error: SesError): Exclude<Outcome, {state: 'accepted'}> {
  const status = error.$metadata?.httpStatusCode
  const reason = cleanReply(`${error.name}: ${error.message}`)
  if (refusals.includes(error.name)) return {state: 'failed', scope: 'server', reason, reply: reason, code: 554}
  if (status === 429 || status === 503 || /TooManyRequests|LimitExceeded|Throttl/.test(error.name)) {
    return {state: 'deferred', scope: 'server', reason, reply: reason, code: 421}
  }
  if (status === 400 && /address|recipient|local part|domain/i.test(error.message)) {
    return {state: 'failed', scope: 'recipient', reason, reply: reason, code: 553, enhanced: '5.1.3'}
  }
  // A key or a configuration set that is not there can be put right, like a login that is refused.
  if (status !== undefined && status >= 400 && status < 500)
    return {state: 'deferred', scope: 'server', reason, reply: reason}
  const isUnsent = unconnected.includes(error.code ?? '') || unconnected.includes(error.name)
  if (status === undefined && isUnsent) return {state: 'deferred', scope: 'server', reason}
  return {state: 'uncertain', reason: `No clear answer after the whole message was sent: ${reason}`}
}
