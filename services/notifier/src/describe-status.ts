import type {CommitStatus} from '@broadside/forge'
import {formatAnswer, type RevisionSummary} from '@broadside/revision'

/** How far the push of a commit is, in the order in which it gets there. */
export const statusSteps = ['accepted', 'stuck', 'live'] as const
export type StatusStep = (typeof statusSteps)[number]

export type PushFacts = {
  site: string
  revision: number
  summary: RevisionSummary
  /** The first error, with its place, and how many there are. */
  errors: {first: string; count: number} | undefined
  /** What its release fails at. */
  trouble: string | undefined
  /** The revision that readers see, when it is live. */
  live: {revision: number; isProven: boolean} | undefined
}

/** What a commit is said to be: pending until readers see it, and failed as soon as something in it is wrong. */
export function describeStatus(step: StatusStep, facts: PushFacts): Pick<CommitStatus, 'state' | 'description'> {
  const {errors, trouble, live} = facts
  const answer = formatAnswer(facts.site, {number: facts.revision, summary: facts.summary}).split('\n')[0]!
  const wrong = errors === undefined ? '' : `${errors.first}${errors.count > 1 ? ` and ${errors.count - 1} more` : ''}`
  if (step === 'stuck') return {state: 'failure', description: `not live: ${trouble ?? 'its release cannot go on'}`}
  if (step === 'accepted') {
    return errors === undefined ? {state: 'pending', description: answer} : {state: 'failure', description: wrong}
  }
  if (errors !== undefined) return {state: 'failure', description: `live without ${wrong}`}
  const by = live === undefined || live.revision === facts.revision ? '' : `, with revision ${live.revision}`
  const proof = live?.isProven === false ? ', but it could not be read back' : ''
  return {state: 'success', description: `live${by}${proof}: ${answer}`}
}
