import {z} from 'zod'
import {moveOf, refPush} from './branch-move.ts'
import type {HookScheme} from './hook.ts'
import {hasStandardSignature} from './standard-signature.ts'

/** The envelope of Standard Webhooks; its `data` may also stand there bare. */
const envelope = z.object({type: z.string().max(200).optional(), data: z.unknown().optional()})

/** Anything that signs as Standard Webhooks says: a script, a CI job, a server of one's own. */
export const generic: HookScheme = {
  forge: 'generic',
  recognises: (headers) => headers.get('webhook-signature') !== null,
  verify: hasStandardSignature,
  delivery: (headers) => headers.get('webhook-id'),
  read(_headers, payload) {
    const {type = 'push', data} = envelope.parse(payload)
    if (type !== 'push') return {moves: [], ignored: `an event ${JSON.stringify(type)} publishes nothing`}
    return moveOf(refPush.parse(data ?? payload))
  },
}
