import {z} from 'zod'
import {judgeRefusal, type Fault} from '../judge-refusal.ts'
import {tagName, type Provider, type ProviderReport} from './provider.ts'
import {isOfSns, isSignedBySns, snsMessage} from './sns-message.ts'

const recipient = z.object({status: z.string().nullish(), diagnosticCode: z.string().nullish()})
const notification = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z.object({
    timestamp: z.string(),
    tags: z.record(z.string(), z.array(z.string())).nullish(),
    headers: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
  }),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: z.array(recipient),
      timestamp: z.string(),
    })
    .optional(),
  complaint: z.object({complaintFeedbackType: z.string().nullish(), timestamp: z.string()}).optional(),
  delivery: z.object({smtpResponse: z.string().nullish(), timestamp: z.string()}).optional(),
  deliveryDelay: z
    .object({delayType: z.string(), delayedRecipients: z.array(recipient), timestamp: z.string()})
    .optional(),
  reject: z.object({reason: z.string().nullish()}).optional(),
})

export type SesOptions = {
  /** The topics that are ours: whoever has an account there can have SNS sign a message. */
  topics: readonly string[]
  /** Fetches a certificate (PEM) from an address of SNS. What it throws is thrown on. */
  certificate: (url: string) => Promise<string>
}

/** Amazon SES, by notifications of SNS that are signed with a certificate of Amazon's. */
export function createSes({topics, certificate}: SesOptions): Provider {
  return {
    async verify({body}, now) {
      const message = snsMessage.safeParse(jsonOf(Buffer.from(body).toString('utf8'))).data
      if (message === undefined || !topics.includes(message.TopicArn)) return false
      const url = message.SigningCertURL
      if (!isOfSns(url) || !new URL(url).pathname.endsWith('.pem')) return false
      return isSignedBySns(message, await certificate(url), now)
    },
    read(payload) {
      const {Type, MessageId, Message, SubscribeURL} = snsMessage.parse(payload)
      if (Type === 'SubscriptionConfirmation') {
        const isTheirs = SubscribeURL !== undefined && isOfSns(SubscribeURL)
        return {reports: [], ...(isTheirs ? {confirmUrl: SubscribeURL} : {})}
      }
      // A topic says hello when it is connected, in words.
      const told = Type === 'Notification' ? jsonOf(Message) : undefined
      const parsed = notification.safeParse(told)
      const report = parsed.success ? readNotification(MessageId, parsed.data) : undefined
      return {reports: report === undefined ? [] : [report]}
    },
  }
}

function readNotification(event: string, told: z.infer<typeof notification>): ProviderReport | undefined {
  const {mail, bounce, complaint, delivery, deliveryDelay: delay, reject} = told
  const tag = mail.tags?.[tagName]?.[0]
  const about = (at: string) => ({
    event,
    at: Date.parse(at),
    quoted: (mail.headers ?? []).map(({name, value}) => `${name}: ${value}`).join('\n'),
    ...(tag === undefined ? {} : {tag}),
  })
  if (bounce !== undefined) {
    const said = saidOf(bounce.bouncedRecipients, `${bounce.bounceType} ${bounce.bounceSubType}`)
    return {kind: 'bounced', fault: faultOf(bounce, said), ...said, ...about(bounce.timestamp)}
  }
  if (complaint !== undefined) {
    return {kind: 'complained', reply: complaint.complaintFeedbackType ?? 'complaint', ...about(complaint.timestamp)}
  }
  if (delivery !== undefined) {
    return {kind: 'delivered', reply: delivery.smtpResponse ?? '', ...about(delivery.timestamp)}
  }
  if (delay !== undefined) {
    return {kind: 'delayed', ...saidOf(delay.delayedRecipients, delay.delayType), ...about(delay.timestamp)}
  }
  return reject === undefined
    ? undefined
    : {kind: 'rejected', fault: 'us', reply: reject.reason ?? 'rejected', ...about(mail.timestamp)}
}

function saidOf([first]: z.infer<typeof recipient>[], otherwise: string): {reply: string; status?: string} {
  const reply = (first?.diagnosticCode ?? '').replace(/^smtp;\s*/, '') || otherwise
  return first?.status === undefined || first.status === null ? {reply} : {reply, status: first.status}
}

const unfit = ['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']

/** Permanent is its word for hard; yet a policy stays ours, whatever it is called. */
function faultOf(
  {bounceType, bounceSubType}: {bounceType: string; bounceSubType: string},
  {reply, status}: {reply: string; status?: string},
): Fault {
  if (unfit.includes(bounceSubType)) return 'us'
  const judged = judgeRefusal({status, reply})
  if (bounceType === 'Permanent') return judged === 'us' ? 'us' : 'mailbox'
  return judged === 'mailbox' ? 'passing' : judged
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
