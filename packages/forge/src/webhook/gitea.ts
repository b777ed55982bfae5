import {z} from 'zod'
import {moveOf, refPush} from './branch-move.ts'
import {bytesOfHex, isSignedBy} from './check-signature.ts'
import type {ForgeName, HookScheme} from './hook.ts'

const deletion = z.object({ref: z.string().min(1).max(1_000), ref_type: z.string()})

/**
 * Gitea and Forgejo: the hexadecimal HMAC-SHA256 of the body, bare. Both send the headers of GitHub as well, and Forgejo
 * those of Gitea; a wrong signature of their own is not made good by another.
 */
function giteaLike(forge: ForgeName, prefix: string, signatures: readonly string[]): HookScheme {
  return {
    forge,
    recognises: (headers) => headers.get(`${prefix}-event`) !== null,
    verify({headers, body}, {secrets}) {
      const given = signatures.map((name) => headers.get(name)).find((value) => value !== null)
      return isSignedBy(secrets, [body], bytesOfHex(given ?? null))
    },
    delivery: (headers) => headers.get(`${prefix}-delivery`),
    read(headers, payload) {
      const event = headers.get(`${prefix}-event`)
      if (event === 'push') return moveOf(refPush.parse(payload))
      if (event === 'delete') {
        const {ref, ref_type: kind} = deletion.parse(payload)
        if (kind === 'branch') return {moves: [{branch: ref.replace(/^refs\/heads\//, ''), after: undefined}]}
      }
      return {moves: [], ignored: `an event ${JSON.stringify(event)} publishes nothing`}
    },
  }
}

export const gitea = giteaLike('gitea', 'x-gitea', ['x-gitea-signature'])

/** Its first versions signed under Gitea's name alone. */
export const forgejo = giteaLike('forgejo', 'x-forgejo', ['x-forgejo-signature', 'x-gitea-signature'])
