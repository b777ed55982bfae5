import {randomUUID} from 'node:crypto'
import {addLetter, findSite, keepConsent, lastLetterAt, recordByAddress} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress} from '@broadside/subscribers'
import type {Audience} from './audience.ts'
import type {Window} from './create-window.ts'

export type SignUp = {
  site: string
  email: string
  name?: string | undefined
  /** Where the form stood, as the form says. */
  source?: string | undefined
  /** Network address of whoever asks, where it is known. */
  ip?: string | undefined
}

/**
 * Notes that somebody gave an address, and has a confirmation mail sent to it unless one was a moment ago. What
 * happens is the same for whoever asks, whether the address is known or not; nothing but the mail tells more.
 *
 * @throws BroadsideError `site.unknown`, `address.invalid`, `address.refused` (invalid), `audience.busy` (throttled).
 */
export async function signUp({deps, options}: Audience, window: Window, request: SignUp): Promise<void> {
  const {ledger, queue, tokens, clock, log} = deps
  const {site, email, ip} = request
  const {name: known} = await findSite(ledger.db, site)
  const address = parseAddress(email.trim())
  if (options.refusesDomain(address.domain)) {
    throw new BroadsideError('invalid', 'address.refused', `nobody may sign up at ${address.domain}`, {
      hint: 'Give an address that you will still read next month',
    })
  }
  const now = clock.now()
  // From the narrowest to the widest, and what one refuses the next does not count: one machine closes it for nobody else.
  const calm =
    (ip === undefined || window.allows(`ip ${networkOf(ip)}`, options.signUpsPerIp, now)) &&
    window.allows(`domain ${address.domain}`, options.signUpsPerDomain, now) &&
    window.allows(`site ${known}`, options.signUpsPerSite, now)
  if (!calm) {
    log.warn({event: 'audience.busy', site}, `too many sign-ups at ${site}`)
    throw new BroadsideError('throttled', 'audience.busy', 'there were too many sign-ups', {
      retryAfterMs: options.windowMs,
    })
  }
  const letter = await ledger.transaction(async (tx) => {
    const change = await recordByAddress(tx, site, {
      address,
      traces: tokens.traces(site, address),
      name: cleanName(request.name),
      newId: newId(),
      event: 'signed-up',
      cause: causeOf(request.source),
      now,
    })
    if (change?.after !== 'pending') return undefined
    const about = {site, subscriber: change.id, kind: 'confirmation'} as const
    const last = await lastLetterAt(tx, about)
    if (last !== undefined && last > now - options.repeatMs) return undefined
    const id = newId()
    await addLetter(tx, {...about, id}, now)
    const evidence = {step: 'signed-up', source: causeOf(request.source), ip: options.keepIp ? ip : undefined}
    await keepConsent(tx, {site, subscriber: change.id, at: now, ...evidence})
    return {id, subscriber: change.id}
  })
  if (letter === undefined) return
  log.info({event: 'audience.signed-up', site, subscriber: letter.subscriber, letter: letter.id}, 'somebody signed up')
  await queue.add('letter.submit', {site, letter: letter.id}, {attempt: 1}).catch((error: unknown) => {
    // It stands in the ledger, where newsletter finds it a little later.
    log.warn({event: 'audience.queue', site, letter: letter.id, err: error}, 'the queue takes no letters now')
  })
}

/**
 * The moment and 48 random bits, in characters that may stand in a token. Ids that grow keep those who come together
 * side by side in the ledger, which a long list needs: it is several times slower where each falls anywhere.
 */
export function newId(): string {
  return Date.now().toString(36).padStart(8, '0') + randomUUID().slice(-12)
}

/** One line of at most 100 characters, or nothing. */
export function cleanName(name: string | undefined): string | undefined {
  const clean = name
    ?.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 100)
  return clean === '' ? undefined : clean
}

/** Only what looks like a place of a site goes into the journal, where no mail address may stand. */
function causeOf(source: string | undefined): string {
  return source !== undefined && /^[\w./~-]{1,200}$/.test(source) ? `form ${source}` : 'form'
}

/** One household often has a whole /64 of IPv6. */
function networkOf(ip: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  return v4 ?? ip.split(':').slice(0, 4).join(':')
}
