import type {JobData} from '@broadside/contracts'
import {
  findEdition,
  findSite,
  hasDueDelivery,
  mayHeal,
  moveEdition,
  nextDueAt,
  type EditionRow,
} from '@broadside/ledger'
import type {EditionMessage} from '@broadside/mail'
import {explain} from '@broadside/runtime'
import {shareOf} from './carry-canary.ts'
import {completeEdition, turnsPerAttempt} from './carry-edition.ts'
import type {Newsletter} from './newsletter.ts'
import {sendPart, type PartEnd} from './send-part.ts'
import {linkTo} from './site-voice.ts'

/** Rows that are due later than this are found by whoever looks, ms. */
const soonMs = 60_000

type ReadMessage = (hash: string) => Promise<EditionMessage>

/**
 * Carries out one part of an edition and adds the next of its lane, at the tail of the queue. A part whose attempt is
 * not the edition's any more does its work all the same, since it may have waited long behind others, but has no next.
 */
export async function carryPart(
  newsletter: Newsletter,
  readMessage: ReadMessage,
  key: JobData<'edition.batch'>,
  {attempt, signal}: {attempt: number; signal: AbortSignal},
): Promise<void> {
  const {ledger, queue, clock, log} = newsletter.deps
  const edition = await findEdition(ledger.db, key.edition)
  if (edition?.state !== 'sending') return
  const part = await send(newsletter, readMessage, edition, signal)
  if (part.end === 'stopped') return
  if (part.end === 'none-due' || !(await hasDueDelivery(ledger.db, edition.id, clock.now(), shareOf(edition)))) {
    // Whichever part is the last to settle finds nothing open.
    await completeEdition(newsletter, edition)
    return key.lane === 0 ? waitForNext(newsletter, key, attempt) : undefined
  }
  const now = await findEdition(ledger.db, edition.id)
  if (now === undefined || Math.floor(attempt / turnsPerAttempt) !== now.attempt) return
  const delay = part.end === 'later' ? {delayMs: part.waitMs} : {}
  await queue.add('edition.batch', key, {attempt: attempt + 1, ...delay}).catch((error: unknown) => {
    log.warn(
      {event: 'edition.waiting', site: key.site, edition: edition.id, err: error},
      'the queue takes no parts now',
    )
  })
}

/** Rows that were given a time soon are sent when it comes, and not together when somebody looks. */
async function waitForNext(
  {deps: {ledger, queue, clock}}: Newsletter,
  key: JobData<'edition.batch'>,
  attempt: number,
): Promise<void> {
  const now = await findEdition(ledger.db, key.edition)
  if (now?.state !== 'sending' || Math.floor(attempt / turnsPerAttempt) !== now.attempt) return
  const waitMs = (await nextDueAt(ledger.db, now.id, shareOf(now))) - clock.now()
  if (waitMs > soonMs) return
  // Whoever looks adds what the queue does not take now.
  await queue.add('edition.batch', key, {attempt: attempt + 1, delayMs: Math.max(waitMs, 50)}).catch(() => undefined)
}

/** What is wrong with an edition, and not with the moment, pauses it, so that nobody is written off for it. */
async function send(
  newsletter: Newsletter,
  readMessage: ReadMessage,
  edition: EditionRow,
  signal: AbortSignal,
): Promise<PartEnd> {
  const {ledger, log} = newsletter.deps
  const {id, site, message_hash: hash} = edition
  try {
    const message = await readMessage(hash ?? '')
    const {audience_url: base} = await findSite(ledger.db, site)
    const mailing = {
      edition,
      message,
      unsubscribeUrl: (token: string) => linkTo(base, 'unsubscribe', token),
      preferencesUrl: (token: string) => linkTo(base, 'preferences', token),
      domain: message.from.address.split('@')[1] ?? '',
    }
    return await sendPart(newsletter, mailing, signal)
  } catch (error) {
    if (mayHeal(error)) throw error
    const reason = explain(error)
    await moveEdition(ledger.db, id, ['sending'], {state: 'paused', reason})
    log.error({event: 'edition.paused', site, edition: id, reason, err: error}, `an edition is paused: ${reason}`)
    return {end: 'stopped'}
  }
}
