import {createHmac} from 'node:crypto'
import {readFileSync} from 'node:fs'
import type {HookRequest} from './hook.ts'

export const secret = 'a-secret-of-one-site'
export const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
export const now = Date.parse('2026-11-02T08:30:00Z')

/** The head that every push of the fixtures leads to. */
export const head = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'

/** The bytes of a file under `fixtures`. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url))
}

export function hex(body: Uint8Array, key = secret): string {
  return createHmac('sha256', key).update(body).digest('hex')
}

/** The headers of Standard Webhooks for a body. */
export function standardHeaders(body: Uint8Array, {id = 'msg_1', at = now, key = signingSecret} = {}) {
  const timestamp = String(Math.floor(at / 1_000))
  const bytes = key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : key
  const digest = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(body).digest('base64')
  return {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}`}
}

export function request(headers: Record<string, string>, body: Uint8Array): HookRequest {
  return {headers: new Headers(headers), body}
}

type Sender = (body: Uint8Array, event?: string) => Record<string, string>

const asGitHub: Sender = (body, event = 'push') => ({
  'x-github-event': event,
  'x-github-delivery': 'd-github',
  'x-github-hook-id': '4001',
  'x-hub-signature': 'sha1=0000000000000000000000000000000000000000',
  'x-hub-signature-256': `sha256=${hex(body)}`,
})

const asGitea: Sender = (body, event = 'push') => ({
  ...asGitHub(body, event),
  'x-github-delivery': 'd-gitea',
  'x-gogs-event': event,
  'x-gogs-delivery': 'd-gitea',
  'x-gogs-signature': hex(body),
  'x-gitea-event': event,
  'x-gitea-delivery': 'd-gitea',
  'x-gitea-signature': hex(body),
})

const asGitLab: Sender = (_body, event = 'Push Hook') => ({
  'x-gitlab-event': event,
  'x-gitlab-event-uuid': 'e-gitlab',
  'x-gitlab-webhook-uuid': 'w-gitlab',
  'x-gitlab-instance': 'https://forge.example.org',
  'idempotency-key': 'd-gitlab',
})

/** What each forge sends with a body, by the name of the forge; the event is that of a push unless said. */
const senders = {
  github: asGitHub,
  gitea: asGitea,
  forgejo: (body, event = 'push') => ({
    ...asGitea(body, event),
    'x-forgejo-event': event,
    'x-forgejo-delivery': 'd-forgejo',
    'x-forgejo-signature': hex(body),
  }),
  gitlab: (body, event) => ({...asGitLab(body, event), 'x-gitlab-token': secret}),
  'gitlab, signed': (body, event) => ({...asGitLab(body, event), ...standardHeaders(body, {id: 'd-gitlab'})}),
  bitbucket: (body, event = 'repo:push') => ({
    'x-event-key': event,
    'x-hook-uuid': 'h-bitbucket',
    'x-request-uuid': 'd-bitbucket',
    'x-attempt-number': '1',
    'x-hub-signature': `sha256=${hex(body)}`,
  }),
  'bitbucket data center': (body, event = 'repo:refs_changed') => ({
    'x-event-key': event,
    'x-request-id': 'd-bitbucket',
    'x-hub-signature': `sha256=${hex(body)}`,
  }),
  generic: (body) => standardHeaders(body, {id: 'd-generic'}),
} satisfies Record<string, Sender>

export type SenderName = keyof typeof senders
export const senderNames = Object.keys(senders) as SenderName[]

/** The headers that one of them gives a body. */
export function headersOf(sender: SenderName, body: Uint8Array, event?: string): Record<string, string> {
  return senders[sender](body, event)
}

/** A body as one of them sends it. */
export function sentBy(sender: SenderName, body: Uint8Array, event?: string): HookRequest {
  return request(headersOf(sender, body, event), body)
}
