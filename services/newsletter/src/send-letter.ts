import {randomUUID} from 'node:crypto'
import {defaultSettings, type SiteSettings} from '@broadside/content'
import {
  beginLetter,
  findSite,
  lastLiveRelease,
  openSiteView,
  renewLetterLease,
  settleLetter,
  type Db,
} from '@broadside/ledger'
import {composeConfirmation, messageIdFor} from '@broadside/mail'
import {explain} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import type {Newsletter} from './newsletter.ts'
import {letterVoice, type SiteVoice} from './site-voice.ts'

/** A confirmation link works for this long, ms. */
const confirmMs = 7 * 86_400_000

/**
 * Sends a letter that is due, before any more of an edition. It is marked before the first byte and settled after the
 * answer, like a delivery, and a repeat finds nothing to do.
 */
export async function sendLetter(newsletter: Newsletter, site: string, id: string): Promise<void> {
  const {deps, options, slots} = newsletter
  const {ledger, clock, log} = deps
  const voice = letterVoice(await findSite(ledger.db, site), await settingsOf(ledger.db, site), options)
  const worker = randomUUID()
  const lease = () => ({worker, until: clock.now() + options.leaseMs})
  await slots.take(1, {first: true})
  const alive = setInterval(() => {
    renewLetterLease(ledger.db, lease(), clock.now()).catch((error: unknown) =>
      log.warn({event: 'letter.lease.failed', err: error}, 'the ledger does not answer'),
    )
  }, options.leaseMs / 4)
  try {
    const letter = await ledger.transaction((tx) =>
      beginLetter(tx, {site, id, wanted: 'pending', lease: lease(), now: clock.now()}),
    )
    if (letter === undefined) return
    const {subscriber, address} = letter
    const outcome = await submit(newsletter, voice, {id, site, subscriber, address})
    const judged = judge(outcome, {ageMs: clock.now() - letter.created_at, ...options})
    await settleLetter(ledger.db, {site, id, worker, ...judged, nextAt: clock.now() + judged.waitMs})
    const told = {event: `letter.${judged.state}`, site, letter: id, subscriber, reply: judged.reply}
    if (judged.state === 'accepted') log.info(told, 'a confirmation mail went out')
    else log.warn(told, `a confirmation mail is ${judged.state}: ${judged.reply}`)
  } finally {
    clearInterval(alive)
    slots.give(1)
  }
}

type Addressed = {id: string; site: string; subscriber: string; address: string}

async function submit(newsletter: Newsletter, voice: SiteVoice, letter: Addressed): Promise<Outcome> {
  let raw: Uint8Array
  try {
    const composed = compose(newsletter, voice, letter)
    const signer = newsletter.options.signerOf(letter.site)
    raw = signer === undefined ? composed : await signer(composed, newsletter.deps.clock.now())
  } catch (error) {
    // Nothing has left, and another try would compose the same.
    return {state: 'failed', scope: 'recipient', reason: explain(error), reply: '', code: 550}
  }
  return newsletter.deps.submitter.submit({from: voice.from.address, to: letter.address, raw})
}

function compose({deps}: Newsletter, voice: SiteVoice, {id, site, subscriber, address}: Addressed): Uint8Array {
  const now = deps.clock.now()
  const token = deps.tokens.sign({purpose: 'confirm', site, subscriber, expiresAt: new Date(now + confirmMs)})
  return composeConfirmation(
    {
      site: voice.site,
      from: voice.from,
      ...(voice.replyTo === undefined ? {} : {replyTo: voice.replyTo}),
      confirmUrl: voice.link('confirm', token),
      messageId: messageIdFor(id, subscriber, voice.domain),
      date: new Date(now),
    },
    address,
  )
}

type Judged = {state: 'accepted' | 'failed' | 'uncertain' | 'deferred'; reply: string; waitMs: number}

/** Somebody waits for it, so the first tries follow closely and the waits grow with its age. */
function judge(
  outcome: Outcome,
  {ageMs, deferMs, letterAgeMs}: {ageMs: number; deferMs: number; letterAgeMs: number},
): Judged {
  const reply = outcome.state === 'accepted' ? outcome.reply : outcome.reason
  if (outcome.state === 'accepted' || outcome.state === 'uncertain') return {state: outcome.state, reply, waitMs: 0}
  // A server that refuses us may be put right, and then the person still wants the letter.
  if (outcome.state === 'failed' && outcome.scope === 'recipient') return {state: 'failed', reply, waitMs: 0}
  if (ageMs >= letterAgeMs) return {state: 'failed', reply: `gave up: ${reply}`, waitMs: 0}
  return {state: 'deferred', reply, waitMs: Math.min(Math.max(ageMs, deferMs / 12), 3_600_000)}
}

/** As readers see the site now; a site that nobody sees yet has only its name. */
async function settingsOf(db: Db, site: string): Promise<SiteSettings> {
  const live = await lastLiveRelease(db, site)
  return live === undefined ? defaultSettings(site) : (await openSiteView(db, site, live.revision)).settings
}
