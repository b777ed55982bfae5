import {z} from 'zod'
import {moveOf, refPush} from './branch-move.ts'
import {isOneOf} from './check-signature.ts'
import type {HookScheme} from './hook.ts'
import {hasStandardSignature} from './standard-signature.ts'

const kindOfEvent = z.object({object_kind: z.string().optional()})

/**
 * GitLab: a signing token gives a signature of Standard Webhooks; the older secret token comes as it is, in
 * `X-Gitlab-Token`. Where there is a signature it decides alone.
 */
export const gitlab: HookScheme = {
  forge: 'gitlab',
  recognises: (headers) => headers.get('x-gitlab-event') !== null,
  verify(request, keys) {
    const {headers} = request
    if (headers.get('webhook-signature') !== null) return hasStandardSignature(request, keys)
    return isOneOf(keys.secrets, headers.get('x-gitlab-token') ?? '')
  },
  // X-Gitlab-Event-UUID names what set hooks off, not a hook: hooks that set off others share it with them.
  delivery: (headers) => headers.get('webhook-id') ?? headers.get('idempotency-key'),
  read(headers, payload) {
    const event = headers.get('x-gitlab-event')
    const isPush = event === 'Push Hook' || event === 'System Hook'
    if (!isPush || kindOfEvent.parse(payload).object_kind !== 'push') {
      return {moves: [], ignored: `an event ${JSON.stringify(event)} publishes nothing`}
    }
    return moveOf(refPush.parse(payload))
  },
}
