import {verify, X509Certificate} from 'node:crypto'
import {z} from 'zod'

const text = z.string()

/** What SNS posts (HTTP/HTTPS endpoints, JSON without raw delivery). */
export const snsMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: text.max(200),
  TopicArn: text,
  Subject: text.nullish(),
  Message: text,
  Timestamp: text,
  Token: text.optional(),
  SubscribeURL: text.optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: text,
  SigningCertURL: text,
})

export type SnsMessage = z.infer<typeof snsMessage>

/** Whether an address is one of SNS itself, over https, in any of its regions. */
export function isOfSns(address: string): boolean {
  const url = URL.parse(address)
  return (
    url?.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?$/.test(url.hostname)
  )
}

/** Whether SNS has signed the message with the key of this certificate (PEM), which is valid at `now` (ms). */
export function isSignedBySns(message: SnsMessage, certificate: string, now: number): boolean {
  const {publicKey, validFromDate, validToDate} = new X509Certificate(certificate)
  if (now < validFromDate.getTime() || now > validToDate.getTime()) return false
  const algorithm = message.SignatureVersion === '1' ? 'sha1' : 'sha256'
  return verify(algorithm, Buffer.from(signedText(message)), publicKey, Buffer.from(message.Signature, 'base64'))
}

/** Names and values of what is signed, a line each, in the order of the names. */
export function signedText(message: SnsMessage): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const)
  return names
    .filter((name) => typeof message[name] === 'string')
    .map((name) => `${name}\n${message[name]}\n`)
    .join('')
}
