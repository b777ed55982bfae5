import {judgeRefusal} from '@broadside/bounces'
import type {ReadyDelivery, SettledDelivery} from '@broadside/ledger'
import {backoffMs} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import {domainLane, serverLane} from './pace/create-admission.ts'

/** What the answers of the mail server mean for a group of deliveries, and for their edition. */
export type Judgement = {
  settled: SettledDelivery[]
  /** Why nobody else is to be written to before a person has looked. */
  pause?: string
  /** Why the server cannot be used now. */
  trouble?: string
  /** What each answer says of the lane that the mail went by. */
  lanes: {lane: string; refused: boolean}[]
}

export type JudgeOptions = {
  now: number
  /** First wait after a 4xx, ms; it doubles up to an hour. */
  deferMs: number
  /** Somebody who was put off for so long after their first try is given up on, ms. */
  giveUpMs: number
  /** Whether others were answered a moment ago. */
  answers?: boolean
  random?: () => number
}

const longestWaitMs = 3_600_000

/**
 * Decides by what is known. A server that cannot be used takes no try away from the recipients, unless it answered
 * others a moment ago (`answers`): then it is about the message. A server that refuses us (5xx before a recipient was
 * named, or what `judgeRefusal` takes for our fault) would refuse everybody. One that asks for less (421, or 4.7 of
 * RFC 3463) is written to more slowly, and nobody is given up on for it.
 */
export function judgeOutcomes(
  results: {delivery: ReadyDelivery; outcome: Outcome}[],
  {
    now,
    deferMs,
    giveUpMs,
    answers = results.some(({outcome}) => outcome.state === 'accepted'),
    random = Math.random,
  }: JudgeOptions,
): Judgement {
  const judgement: Judgement = {settled: [], lanes: []}
  for (const {delivery, outcome} of results) {
    const {subscriber, attempt, address, firstAt} = delivery
    const text = outcome.state === 'accepted' ? outcome.reply : outcome.reason
    const as = (state: SettledDelivery['state'], more: Partial<SettledDelivery> = {}) =>
      judgement.settled.push({subscriber, state, reply: text, attempt: attempt + 1, nextAt: now, ...more})
    const later = () => ({nextAt: now + backoffMs(attempt, {baseMs: deferMs, maxMs: longestWaitMs, random})})
    const refused = outcome.state === 'deferred' && asksForLess(outcome)
    const isOfServer = 'scope' in outcome && outcome.scope === 'server'
    if (outcome.state === 'accepted' || refused) {
      judgement.lanes.push({lane: domainLane(address), refused: refused && !isOfServer})
      judgement.lanes.push({lane: serverLane, refused: refused && isOfServer})
    }
    if (outcome.state === 'accepted' || outcome.state === 'uncertain') as(outcome.state)
    else if (outcome.state === 'failed' && !refusesUs(outcome)) as('failed')
    else if (outcome.state === 'failed') {
      judgement.pause = text
      // Whoever lets the edition go on has looked into it, so there is nothing more to wait for.
      as('pending')
    } else if (outcome.scope === 'server' && !answers) {
      judgement.trouble = text
      as('pending', {attempt})
    } else if (refused) as('deferred', later())
    else if (firstAt !== null && now - firstAt >= giveUpMs) {
      as('failed', {reply: `gave up after ${attempt + 1} tries: ${text}`})
    } else as('deferred', later())
  }
  return judgement
}

function asksForLess({code, enhanced}: Outcome & {state: 'deferred'}): boolean {
  return code === 421 || enhanced?.startsWith('4.7.') === true
}

function refusesUs({scope, enhanced: status, code, reply}: Outcome & {state: 'failed'}): boolean {
  return scope === 'server' || judgeRefusal({status, code, reply}) === 'us'
}
