import {createHash, timingSafeEqual} from 'node:crypto'
import {z} from 'zod'
import {judgeRefusal, type Fault} from '../judge-refusal.ts'
import {tagName, type Provider, type ProviderReport} from './provider.ts'

const common = {MessageID: z.string().max(200), Metadata: z.record(z.string(), z.string()).default({})}
const bounce = z.object({
  ...common,
  Type: z.string(),
  Description: z.string().default(''),
  Details: z.string().nullish(),
  BouncedAt: z.string(),
})
const delivery = z.object({...common, DeliveredAt: z.string(), Details: z.string().nullish()})
const change = z.object({
  ...common,
  ChangedAt: z.string(),
  Origin: z.string(),
  SuppressSending: z.boolean(),
  SuppressionReason: z.string().nullish(),
})
const kindOfRecord = z.object({RecordType: z.string()})

/** Types of bounces that say by themselves whose fault it is; of the others the details tell. */
const faults: Record<string, Fault> = {
  HardBounce: 'mailbox',
  BadEmailAddress: 'mailbox',
  ManuallyDeactivated: 'mailbox',
  Transient: 'passing',
  DnsError: 'passing',
  SoftBounce: 'passing',
  Undeliverable: 'passing',
  SpamNotification: 'us',
  VirusNotification: 'us',
  Blocked: 'us',
  DMARCPolicy: 'us',
  SMTPApiError: 'us',
}
const noBounces = ['AutoResponder', 'Subscribe', 'AddressChange', 'ChallengeVerification', 'OpenRelayTest']

/**
 * Postmark, which signs nothing: the address of the webhook holds a user and password, which come back by HTTP Basic.
 * `login` is `user:password`.
 */
export function createPostmark(login: string): Provider {
  const expected = digest(`Basic ${Buffer.from(login).toString('base64')}`)
  return {
    verify: ({headers}) => timingSafeEqual(digest(headers.get('authorization') ?? ''), expected),
    read(payload) {
      const report = readRecord(kindOfRecord.parse(payload).RecordType, payload)
      return {reports: report === undefined ? [] : [report]}
    },
  }
}

function readRecord(type: string, payload: unknown): ProviderReport | undefined {
  if (type === 'Delivery') {
    const {MessageID, DeliveredAt, Details, Metadata} = delivery.parse(payload)
    return {kind: 'delivered', reply: Details ?? '', ...about(`delivery-${MessageID}`, DeliveredAt, Metadata)}
  }
  if (type === 'SubscriptionChange') {
    const {MessageID, ChangedAt, Origin, SuppressSending, SuppressionReason, Metadata} = change.parse(payload)
    const isLeaving = SuppressSending && Origin === 'Recipient' && SuppressionReason === 'ManualSuppression'
    if (!isLeaving) return undefined
    return {kind: 'leave', reply: 'unsubscribed', ...about(`change-${MessageID}-${ChangedAt}`, ChangedAt, Metadata)}
  }
  if (type !== 'Bounce' && type !== 'SpamComplaint') return undefined
  const {MessageID, Type, Description, Details, BouncedAt, Metadata} = bounce.parse(payload)
  // Its own ID of a bounce is a number that JSON readers round, so that two of them could become one.
  const told = about(`bounce-${MessageID}-${BouncedAt}`, BouncedAt, Metadata)
  const reply = Details === null || Details === undefined || Details === '' ? Description : Details
  if (type === 'SpamComplaint' || Type === 'SpamComplaint')
    return {kind: 'complained', reply: 'spam complaint', ...told}
  if (Type === 'Unsubscribe') return {kind: 'leave', reply: 'unsubscribed', ...told}
  if (noBounces.includes(Type)) return undefined
  return {kind: 'bounced', fault: faults[Type] ?? judgeRefusal({reply}), reply, ...told}
}

function about(event: string, at: string, metadata: Record<string, string>) {
  const tag = metadata[tagName]
  return {event, at: Date.parse(at), quoted: '', ...(tag === undefined ? {} : {tag})}
}

/** Hashes are compared, since lengths of secrets are secret too. */
function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
