import type {ReadyDelivery, SettledDelivery} from '@broadside/ledger'
import {backoffMs} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'

/** What the answers of the mail server mean for a group of deliveries, and for their edition. */
export type Judgement = {
  settled: SettledDelivery[]
  /** Why nobody else is to be written to before a person has looked. */
  pause?: string
  /** Why the server cannot be used now. */
  trouble?: string
}

const longestWaitMs = 3_600_000

/**
 * Decides by what is known. A server that cannot be used takes no try away from the recipients, unless it answered
 * others a moment ago (`answers`): then it is about the message. A server that refuses us (5xx before a recipient was named, or
 * 5.7 of RFC 3463, security and policy) would refuse everybody.
 */
export function judgeOutcomes(
  results: {delivery: ReadyDelivery; outcome: Outcome}[],
  {
    now,
    deferMs,
    maxTries,
    answers = results.some(({outcome}) => outcome.state === 'accepted'),
    random = Math.random,
  }: {now: number; deferMs: number; maxTries: number; answers?: boolean; random?: () => number},
): Judgement {
  const judgement: Judgement = {settled: []}
  for (const {delivery, outcome} of results) {
    const {subscriber, attempt} = delivery
    const text = outcome.state === 'accepted' ? outcome.reply : outcome.reason
    const as = (state: SettledDelivery['state'], more: Partial<SettledDelivery> = {}) =>
      judgement.settled.push({subscriber, state, reply: text, attempt: attempt + 1, nextAt: now, ...more})
    const again = (state: 'deferred' | 'pending', waitMs: number) => {
      if (attempt + 1 >= maxTries) as('failed', {reply: `gave up after ${maxTries} tries: ${text}`})
      else as(state, {nextAt: now + waitMs})
    }
    if (outcome.state === 'accepted' || outcome.state === 'uncertain') as(outcome.state)
    else if (outcome.state === 'failed' && !refusesUs(outcome)) as('failed')
    else if (outcome.state === 'failed') {
      judgement.pause = text
      // Whoever lets the edition go on has looked into it, so there is nothing more to wait for.
      again('pending', 0)
    } else if (outcome.scope === 'recipient' || answers) {
      again('deferred', backoffMs(attempt, {baseMs: deferMs, maxMs: longestWaitMs, random}))
    } else {
      judgement.trouble = text
      as('pending', {attempt})
    }
  }
  return judgement
}

function refusesUs({scope, enhanced}: Outcome & {state: 'failed'}): boolean {
  return scope === 'server' || enhanced?.startsWith('5.7.') === true
}
