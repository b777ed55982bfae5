import {createHmac, timingSafeEqual} from 'node:crypto'
import {z} from 'zod'
import {judgeRefusal, type Fault} from '../judge-refusal.ts'
import {tagName, type Provider, type ProviderReport} from './provider.ts'

const signed = z.object({
  signature: z.object({timestamp: z.string().max(20), token: z.string().max(200), signature: z.string()}),
  'event-data': z.object({id: z.string().max(200)}),
})
const event = z.object({
  'event-data': z.object({
    id: z.string().max(200),
    event: z.string(),
    severity: z.string().nullish(),
    reason: z.string().nullish(),
    timestamp: z.number(),
    'delivery-status': z
      .object({
        code: z.number().nullish(),
        'enhanced-code': z.string().nullish(),
        message: z.string().nullish(),
        description: z.string().nullish(),
      })
      .nullish(),
    'user-variables': z.record(z.string(), z.unknown()).nullish(),
  }),
})

/** Retries go on for eight hours. */
const maxAgeMs = 24 * 3_600_000
const keptTokens = 10_000

/**
 * Mailgun: an HMAC-SHA256 over time and token, with the signing key of the account. It does not cover the event, so a
 * token is good for the event that it first came with and for no other, for as long as this process remembers it.
 */
export function createMailgun(signingKey: string): Provider {
  const tokens = new Map<string, string>()
  return {
    verify({body}, now) {
      const parsed = signed.safeParse(jsonOf(body))
      if (!parsed.success) return false
      const {timestamp, token, signature} = parsed.data.signature
      const {id} = parsed.data['event-data']
      const expected = createHmac('sha256', signingKey).update(timestamp).update(token).digest()
      const given = Buffer.from(signature, 'hex')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
      if (Math.abs(now - Number(timestamp) * 1_000) > maxAgeMs || (tokens.get(token) ?? id) !== id) return false
      tokens.set(token, id)
      if (tokens.size > keptTokens) tokens.delete(tokens.keys().next().value!)
      return true
    },
    read(payload) {
      const report = readEvent(event.parse(payload)['event-data'])
      return {reports: report === undefined ? [] : [report]}
    },
  }
}

function readEvent(data: z.infer<typeof event>['event-data']): ProviderReport | undefined {
  const {id, timestamp, severity, reason, 'delivery-status': delivery, 'user-variables': variables} = data
  const tag = variables?.[tagName]
  const told = {event: id, at: timestamp * 1_000, quoted: '', ...(typeof tag === 'string' ? {tag} : {})}
  const reply = [delivery?.message, delivery?.description, reason].find((text) => (text ?? '') !== '') ?? ''
  const status = delivery?.['enhanced-code']
  const said = {...told, reply, ...(typeof status === 'string' && status !== '' ? {status} : {})}
  if (data.event === 'delivered') return {kind: 'delivered', ...said}
  if (data.event === 'complained') return {kind: 'complained', ...told, reply: 'spam complaint'}
  if (data.event === 'unsubscribed') return {kind: 'leave', ...told, reply: 'unsubscribed'}
  if (data.event === 'rejected') return {kind: 'rejected', fault: 'us', ...said}
  if (data.event !== 'failed') return undefined
  if (severity === 'temporary') return {kind: 'delayed', ...said}
  const judged = judgeRefusal({status: said.status, code: delivery?.code ?? undefined, reply})
  if (reason?.startsWith('suppress-') === true) return {kind: 'rejected', fault: suppressed[reason] ?? 'us', ...said}
  return {kind: 'bounced', fault: judged, ...said}
}

/** It did not even try: it knows the address from an earlier mail. */
const suppressed: Record<string, Fault> = {'suppress-bounce': 'mailbox', 'suppress-complaint': 'mailbox'}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined
  }
}
