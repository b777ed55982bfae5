import {createHash, randomUUID} from 'node:crypto'
import {BroadsideError, type Clock} from '@broadside/runtime'
import type {Tokens} from '@broadside/subscribers'
import type {AudienceOptions} from './audience.ts'
import {createWindow} from './create-window.ts'

/** What a form carries: what was asked, and the bits that the work has to show, 0 for none. */
export type Challenge = {challenge: string; bits: number}

export type Challenges = {
  ask: (site: string) => Challenge
  /**
   * Whether a form of ours for this site comes back in its time, for the first time, with its work done.
   * @throws BroadsideError `audience.challenge` (invalid).
   */
  check: (site: string, given: {challenge?: string | undefined; answer?: string | undefined}) => void
}

/** People take longer than this to press a button, ms. */
const leastMs = 1_500
/** And not longer than this, ms. */
const mostMs = 1_800_000
/** 65,536 tries on average: less than a second of a telephone, and a core for every machine that wants many. */
const workBits = 16

/**
 * Challenges are signed and hold their own time, so that nothing is kept of those that never come back. Who may answer
 * one twice is known to this process alone.
 */
export function createChallenges(
  {tokens, clock}: {tokens: Tokens; clock: Clock},
  {challenge: kind}: Pick<AudienceOptions, 'challenge'>,
): Challenges {
  const used = createWindow(mostMs)
  const bits = kind === 'work' ? workBits : 0

  return {
    ask(site) {
      const now = clock.now()
      const once = `${now.toString(36)}-${randomUUID().slice(-12)}`
      const expiresAt = new Date(now + mostMs)
      return {challenge: tokens.sign({purpose: 'sign-up', site, subscriber: once, expiresAt}), bits}
    },
    check(site, {challenge = '', answer = ''}) {
      if (kind === 'none') return
      const now = clock.now()
      const asked = verified(challenge, now)
      const askedAt = Number.parseInt(asked.subscriber, 36)
      const isTimely = asked.site === site && now - askedAt >= leastMs
      if (!isTimely || leadingZeros(`${challenge}.${answer}`) < bits || !used.allows(asked.subscriber, 1, now)) {
        throw refused()
      }
    },
  }

  function verified(challenge: string, now: number): {site: string; subscriber: string} {
    try {
      return tokens.verify(challenge, 'sign-up', new Date(now))
    } catch {
      throw refused()
    }
  }
}

function refused(): BroadsideError {
  return new BroadsideError(
    'invalid',
    'audience.challenge',
    'the sign-up lacks a form of ours that was just filled in',
    {
      hint: 'GET subscribe/challenge?site=… gives one, and says what it wants',
    },
  )
}

/** How many bits of the text's SHA-256 are zero before the first that is not. */
function leadingZeros(text: string): number {
  const hash = createHash('sha256').update(text).digest()
  const at = hash.findIndex((byte) => byte !== 0)
  return at < 0 ? 256 : at * 8 + Math.clz32(hash[at]!) - 24
}
