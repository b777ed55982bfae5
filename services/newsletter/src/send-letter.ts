import {randomUUID} from 'node:crypto'
import {defaultSettings, type SiteSettings} from '@broadside/content'
import {
  beginLetter,
  findSite,
  forgetPushAuthor,
  lastLiveRelease,
  openSiteView,
  renewLetterLease,
  settleLetter,
  whyDisarmed,
  type Db,
} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import {composeLetter, failureOf, type ReadyLetter} from './compose-letter.ts'
import {insist} from './insist.ts'
import type {Newsletter} from './newsletter.ts'
import {noteRefusal} from './reports/note-refusal.ts'
import {sendersOf} from './senders-of.ts'
import {letterVoice, type SiteVoice} from './site-voice.ts'

/**
 * Sends a letter that is due, before any more of an edition. It is marked before the first byte and settled after the
 * answer, like a delivery, and a repeat finds nothing to do.
 */
export async function sendLetter(newsletter: Newsletter, site: string, id: string): Promise<void> {
  const {deps, options} = newsletter
  const {ledger, clock, log} = deps
  const {slots} = newsletter.outletOf(site)
  const {testTo} = options.rulesOf(site)
  const row = await findSite(ledger.db, site)
  const voice = letterVoice(row, await settingsOf(ledger.db, site), await sendersOf(ledger.db, row, options))
  const worker = randomUUID()
  const lease = () => ({worker, until: clock.now() + options.leaseMs})
  await slots.take(1, {first: true})
  const alive = setInterval(() => {
    renewLetterLease(ledger.db, lease(), clock.now()).catch((error: unknown) =>
      log.warn({event: 'letter.lease.failed', err: error}, 'the ledger does not answer'),
    )
  }, options.leaseMs / 4)
  try {
    const letter = await ledger.transaction(async (tx) => {
      if ((await whyDisarmed(tx)) !== undefined) return undefined
      const begun = await beginLetter(tx, {site, id, wanted: 'pending', lease: lease(), now: clock.now()})
      return begun === undefined ? undefined : {...begun, failure: await failureOf(tx, begun)}
    })
    if (letter === undefined) return
    const {kind, subscriber, revision} = letter
    const outcome = await submit(newsletter, voice, letter)
    const judged = judge(outcome, {ageMs: clock.now() - letter.created_at, ...options})
    await insist(deps, async (tx) => {
      await settleLetter(tx, {site, id, worker, ...judged, nextAt: clock.now() + judged.waitMs})
      if (revision === null && judged.state === 'failed' && testTo === undefined) {
        await noteRefusal(tx, {site, kind: 'letter', id, subscriber, attempt: letter.attempt}, outcome, clock.now())
      }
      if (revision !== null && judged.state !== 'deferred') await forgetPushAuthor(tx, site, revision)
    })
    const told = {event: `letter.${judged.state}`, site, letter: id, subscriber, reply: judged.reply}
    if (judged.state === 'accepted') log.info(told, `a ${kind} mail went out`)
    else log.warn(told, `a ${kind} mail is ${judged.state}: ${judged.reply}`)
  } finally {
    clearInterval(alive)
    slots.give(1)
  }
}

async function submit({deps, options, outletOf}: Newsletter, voice: SiteVoice, letter: ReadyLetter): Promise<Outcome> {
  const now = deps.clock.now()
  const {id, subscriber, revision} = letter
  const {testTo} = options.rulesOf(letter.site)
  const to = testTo ?? letter.address
  let raw: Uint8Array
  let from = voice.from.address
  let tag: string | undefined
  try {
    // A letter to the author of a push is about no subscriber, so its reports go to people; and one that goes to the
    // owner of the site instead says nothing of the subscriber when it comes back.
    if (revision === null && testTo === undefined && options.returnPaths !== undefined) {
      const mail = {kind: 'letter', id, subscriber} as const
      from = options.returnPaths.addressFor('bounce', mail)
      tag = options.returnPaths.tagFor('bounce', mail)
    }
    const signs = testTo === undefined ? deps.tokens.sign : () => 'of-a-test'
    const composed = composeLetter({...letter, address: to}, voice, {signs, now})
    const signer = options.signerOf(letter.site)
    raw = signer === undefined ? composed : await signer(composed, now)
  } catch (error) {
    // Nothing has left, and another try would compose the same.
    return {state: 'failed', scope: 'recipient', reason: explain(error), reply: '', code: 550}
  }
  return outletOf(letter.site).submitter.submit({from, to, raw, ...(tag === undefined ? {} : {tag})})
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
