import {moveOf, refPush} from './branch-move.ts'
import {bytesOfHex, isSignedBy} from './check-signature.ts'
import type {HookScheme} from './hook.ts'

/**
 * GitHub: `X-Hub-Signature-256: sha256=<hex>` over the body. The older `X-Hub-Signature` is SHA-1 and not looked at.
 * Nothing in it tells the time, so that the id of the delivery is what a repeat is known by.
 */
export const github: HookScheme = {
  forge: 'github',
  recognises: (headers) => headers.get('x-github-event') !== null,
  verify({headers, body}, {secrets}) {
    const [, digest = null] = /^sha256=(.*)$/.exec(headers.get('x-hub-signature-256') ?? '') ?? []
    return isSignedBy(secrets, [body], bytesOfHex(digest))
  },
  delivery: (headers) => headers.get('x-github-delivery'),
  read(headers, payload) {
    const event = headers.get('x-github-event')
    if (event !== 'push') return {moves: [], ignored: `an event ${JSON.stringify(event)} publishes nothing`}
    return moveOf(refPush.parse(payload))
  },
}
