import {z} from 'zod'
import type {Reading} from './hook.ts'

/** A full hash of a commit, SHA-1 or SHA-256. */
export const commitHash = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)

/** The fields of a push that all forges but Bitbucket have in common. */
export const refPush = z.object({ref: z.string().min(1).max(1_000), after: commitHash})

/** All zeros stand for a branch that is gone. */
export function moveOf({ref, after}: z.infer<typeof refPush>): Reading {
  const branch = branchOf(ref)
  if (branch === undefined) return {moves: [], ignored: 'no branch was pushed'}
  return {moves: [{branch, after: /^0+$/.test(after) ? undefined : after}]}
}

function branchOf(ref: string): string | undefined {
  const start = 'refs/heads/'
  return ref.startsWith(start) && ref.length > start.length ? ref.slice(start.length) : undefined
}
