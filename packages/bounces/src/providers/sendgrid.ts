import {createPublicKey, verify, type KeyObject} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'
import {z} from 'zod'
import {judgeRefusal, type Fault} from '../judge-refusal.ts'
import {tagName, type Provider, type ProviderReport} from './provider.ts'

const events = z
  .array(
    z.looseObject({
      event: z.string(),
      sg_event_id: z.string().max(200),
      timestamp: z.number(),
      reason: z.string().nullish(),
      response: z.string().nullish(),
      status: z.string().nullish(),
      type: z.string().nullish(),
      bounce_classification: z.string().nullish(),
      [tagName]: z.unknown(),
    }),
  )
  .max(10_000)

const prefix = 'x-twilio-email-event-webhook-'
/** Whatever is repeated later than this is not SendGrid, which tries for a day. */
const maxAgeMs = 25 * 3_600_000

const classes: Record<string, Fault> = {
  'Invalid Address': 'mailbox',
  'Mailbox Unavailable': 'passing',
  Technical: 'passing',
  'Frequency/Volume': 'passing',
  Content: 'us',
  Reputation: 'us',
}

/**
 * SendGrid: an ECDSA signature (SHA-256) over time and body. `verificationKey` is the public key as its settings show
 * it, DER in base64.
 *
 * @throws BroadsideError `reports.key` (invalid) when it is no such key.
 */
export function createSendGrid(verificationKey: string): Provider {
  const key = readKey(verificationKey)
  return {
    verify({headers, body}, now) {
      const timestamp = headers.get(`${prefix}timestamp`) ?? ''
      const signature = Buffer.from(headers.get(`${prefix}signature`) ?? '', 'base64')
      if (!/^\d{9,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > maxAgeMs) return false
      return verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, signature)
    },
    read: (payload) => ({
      reports: events
        .parse(payload)
        .map(readEvent)
        .filter((report) => report !== undefined),
    }),
  }
}

function readEvent(data: z.infer<typeof events>[number]): ProviderReport | undefined {
  const {event, timestamp, type, bounce_classification: sort} = data
  const tag = data[tagName]
  const reply = data.reason ?? data.response ?? ''
  const status = data.status ?? ''
  const about = {event: data.sg_event_id, at: timestamp * 1_000, quoted: '', ...(typeof tag === 'string' ? {tag} : {})}
  const told = {...about, reply, ...(status === '' ? {} : {status})}
  if (event === 'delivered') return {kind: 'delivered', ...told}
  if (event === 'deferred') return {kind: 'delayed', ...told}
  if (event === 'spamreport') return {kind: 'complained', ...about, reply: 'spam complaint'}
  if (event === 'unsubscribe' || event === 'group_unsubscribe') return {kind: 'leave', ...about, reply: 'unsubscribed'}
  if (event === 'dropped') {
    const isGone = /bounced address|invalid|spam reporting address/i.test(reply)
    return {kind: 'rejected', fault: isGone ? 'mailbox' : 'us', ...told}
  }
  if (event !== 'bounce') return undefined
  const judged = judgeRefusal({status: status === '' ? undefined : status, reply})
  // What it calls blocked is about the sender or the moment, and the address stays good.
  const fault = type === 'blocked' && judged === 'mailbox' ? 'us' : judged
  return {kind: 'bounced', fault: type === 'blocked' ? fault : (classes[sort ?? ''] ?? judged), ...told}
}

function readKey(text: string): KeyObject {
  try {
    const key = createPublicKey({key: Buffer.from(text, 'base64'), format: 'der', type: 'spki'})
    if (key.asymmetricKeyType === 'ec') return key
  } catch {
    // Told below, without the text.
  }
  throw new BroadsideError('invalid', 'reports.key', 'SENDGRID_VERIFICATION_KEY is no public key of SendGrid', {
    hint: 'Copy the verification key from the settings of the event webhook',
  })
}
