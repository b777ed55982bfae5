import {z} from 'zod'
import {commitHash} from './branch-move.ts'
import {bytesOfHex, isSignedBy} from './check-signature.ts'
import type {BranchMove, HookScheme, Reading} from './hook.ts'

const reference = z.object({type: z.string(), name: z.string().min(1).max(1_000)})
const cloudPush = z.object({
  push: z.object({
    changes: z
      .array(
        z.object({
          new: reference.extend({target: z.object({hash: commitHash})}).nullable(),
          old: reference.nullable(),
        }),
      )
      .max(1_000),
  }),
})
const serverPush = z.object({
  changes: z
    .array(
      z.object({
        ref: z.object({displayId: z.string().min(1).max(1_000), type: z.string()}),
        toHash: commitHash,
        type: z.string(),
      }),
    )
    .max(1_000),
})

/**
 * Bitbucket Cloud (`repo:push`) and Data Center (`repo:refs_changed`): `X-Hub-Signature: sha256=<hex>` over the body.
 * One push may move several branches.
 */
export const bitbucket: HookScheme = {
  forge: 'bitbucket',
  recognises: (headers) => headers.get('x-event-key') !== null,
  verify({headers, body}, {secrets}) {
    const [, digest = null] = /^sha256=(.*)$/.exec(headers.get('x-hub-signature') ?? '') ?? []
    return isSignedBy(secrets, [body], bytesOfHex(digest))
  },
  delivery: (headers) => headers.get('x-request-uuid') ?? headers.get('x-request-id'),
  read(headers, payload) {
    const event = headers.get('x-event-key')
    if (event === 'repo:push') return told(cloudPush.parse(payload).push.changes.flatMap(cloudMove))
    if (event === 'repo:refs_changed') return told(serverPush.parse(payload).changes.flatMap(serverMove))
    return {moves: [], ignored: `an event ${JSON.stringify(event)} publishes nothing`}
  },
}

function cloudMove(change: z.infer<typeof cloudPush>['push']['changes'][number]): BranchMove[] {
  if (change.new?.type === 'branch') return [{branch: change.new.name, after: change.new.target.hash}]
  if (change.new === null && change.old?.type === 'branch') return [{branch: change.old.name, after: undefined}]
  return []
}

function serverMove({ref, toHash, type}: z.infer<typeof serverPush>['changes'][number]): BranchMove[] {
  if (ref.type !== 'BRANCH') return []
  return [{branch: ref.displayId, after: type === 'DELETE' ? undefined : toHash}]
}

function told(moves: BranchMove[]): Reading {
  return moves.length > 0 ? {moves} : {moves, ignored: 'no branch was pushed'}
}
