import {randomUUID} from 'node:crypto'
import {
  beginSubmitting,
  claimDeliveries,
  moveEdition,
  releaseClaims,
  renewLeases,
  settleDeliveries,
  whyDisarmed,
  type EditionRow,
  type Lease,
  type ReadyDelivery,
} from '@broadside/ledger'
import {messageIdFor, personalise, type EditionMessage} from '@broadside/mail'
import {backoffMs, explain} from '@broadside/runtime'
import type {Outcome} from '@broadside/smtp'
import {judgeOutcomes, type Judgement} from './judge-outcomes.ts'
import type {Newsletter} from './newsletter.ts'

/**
 * The link to somebody's own choices and data ends some day, since mails are passed on; that to leave never does.
 * In ms.
 */
const preferencesMs = 90 * 86_400_000

/** How a part ended: there may be more, nobody is due, it is not to go on here, or not before `waitMs`. */
export type PartEnd = {end: 'more' | 'none-due' | 'stopped'} | {end: 'trouble'; waitMs: number}

export type Mailing = {
  edition: Pick<EditionRow, 'id' | 'site'>
  message: EditionMessage
  /** Where a recipient's link with this token leads. */
  unsubscribeUrl: (token: string) => string
  preferencesUrl: (token: string) => string
  domain: string
}

/**
 * Sends an edition to the next recipients that are due, at most `partSize`. Each is marked before the first byte of
 * the message and settled after the answer, in groups no larger than the connections that are free. Any number may
 * run at once, in any number of processes: each works on what it claimed.
 */
export async function sendPart(newsletter: Newsletter, mailing: Mailing, signal: AbortSignal): Promise<PartEnd> {
  const {deps, options, slots} = newsletter
  const {ledger, clock} = deps
  const {edition} = mailing
  const worker = randomUUID()
  const lease = (): Lease => ({worker, until: clock.now() + options.leaseMs})
  const claimed = await ledger.transaction((tx) =>
    claimDeliveries(tx, edition.id, {lease: lease(), limit: options.partSize, now: clock.now()}),
  )
  if (claimed.length === 0) return {end: 'none-due'}
  const alive = setInterval(() => void renew(newsletter, edition.id, lease()), options.leaseMs / 4)
  try {
    for (let at = 0; at < claimed.length;) {
      const taken = await slots.take(claimed.length - at)
      try {
        // The next part, here or elsewhere, takes what is given back.
        if (signal.aborted) return {end: 'more'}
        const subscribers = claimed.slice(at, at + taken)
        at += taken
        const begun = {subscribers, lease: lease(), now: clock.now()}
        const ready = await ledger.transaction(async (tx) =>
          (await whyDisarmed(tx)) === undefined ? beginSubmitting(tx, edition.id, begun) : undefined,
        )
        if (ready === undefined) return {end: 'stopped'}
        const end = await submitGroup(newsletter, mailing, worker, ready)
        if (end !== undefined) return end
      } finally {
        slots.give(taken)
      }
    }
    return {end: 'more'}
  } finally {
    clearInterval(alive)
    await ledger.transaction((tx) => releaseClaims(tx, edition.id, worker, clock.now()))
  }
}

async function submitGroup(
  newsletter: Newsletter,
  mailing: Mailing,
  worker: string,
  ready: ReadyDelivery[],
): Promise<PartEnd | undefined> {
  const {deps, options} = newsletter
  const {edition} = mailing
  const results = await Promise.all(
    ready.map(async (delivery) => ({delivery, outcome: await submitOne(newsletter, mailing, delivery)})),
  )
  const now = deps.clock.now()
  const judgement = judgeOutcomes(results, {now, deferMs: options.deferMs, maxTries: options.maxTries})
  const waitMs = countTrouble(newsletter, edition.id, judgement)
  await deps.ledger.transaction(async (tx) => {
    await settleDeliveries(tx, edition.id, {worker, settled: judgement.settled, now})
    await moveEdition(tx, edition.id, ['sending'], {
      progress_at: now + waitMs,
      reason: judgement.pause ?? judgement.trouble ?? null,
      ...(judgement.pause === undefined ? {} : {state: 'paused'}),
    })
  })
  tell(newsletter, edition, judgement)
  if (judgement.pause !== undefined) return {end: 'stopped'}
  return judgement.trouble === undefined ? undefined : {end: 'trouble', waitMs}
}

async function submitOne(
  {deps, options}: Newsletter,
  {edition, message, unsubscribeUrl, preferencesUrl, domain}: Mailing,
  {subscriber, address}: ReadyDelivery,
): Promise<Outcome> {
  try {
    const {site} = edition
    const now = deps.clock.now()
    const mail = {kind: 'edition', id: edition.id, subscriber} as const
    const leaveAddress = options.returnPaths?.addressFor('leave', mail)
    const from = options.returnPaths?.addressFor('bounce', mail) ?? message.from.address
    const url = unsubscribeUrl(deps.tokens.sign({purpose: 'unsubscribe', site, subscriber}))
    const expiresAt = new Date(now + preferencesMs)
    const choose = preferencesUrl(deps.tokens.sign({purpose: 'preferences', site, subscriber, expiresAt}))
    const composed = personalise(message, {
      address,
      unsubscribeUrl: url,
      oneClickUrl: url,
      ...(leaveAddress === undefined ? {} : {leaveAddress}),
      preferencesUrl: choose,
      messageId: messageIdFor(edition.id, subscriber, domain),
      date: new Date(now),
    })
    const signer = options.signerOf(edition.site)
    const raw = signer === undefined ? composed : await signer(composed, now)
    return await deps.submitter.submit({from, to: address, raw})
  } catch (error) {
    // The submitter does not throw, so nothing has left; and what cannot be written to one cannot be written to others.
    deps.log.error({event: 'delivery.unfit', site: edition.site, edition: edition.id, subscriber, err: error}, 'unfit')
    return {state: 'failed', scope: 'server', reason: explain(error), reply: '', code: 550}
  }
}

/** Ms to wait before the server is asked again: more from time to time while it cannot be used, 0 when it can. */
function countTrouble({troubles}: Newsletter, edition: string, {trouble}: Judgement): number {
  if (trouble === undefined) {
    troubles.delete(edition)
    return 0
  }
  const count = (troubles.get(edition) ?? 0) + 1
  troubles.set(edition, count)
  return backoffMs(count, {baseMs: 500, maxMs: 30_000})
}

function tell({deps}: Newsletter, {id, site}: Mailing['edition'], {settled, pause, trouble}: Judgement): void {
  const about = {site, edition: id, deliveries: settled.length}
  const reason = pause ?? trouble
  if (pause !== undefined)
    deps.log.error({event: 'edition.paused', ...about, reason}, `an edition is paused: ${reason}`)
  else if (trouble !== undefined) {
    deps.log.warn({event: 'edition.waiting', ...about, reason}, `the mail server cannot be used now: ${reason}`)
  } else deps.log.debug({event: 'edition.group', ...about}, 'submitted')
}

/** A sign of life, for the rows in hand and for the edition. */
async function renew({deps}: Newsletter, edition: string, lease: Lease): Promise<void> {
  const {ledger, clock, log} = deps
  try {
    await renewLeases(ledger.db, lease, clock.now())
    await moveEdition(ledger.db, edition, ['sending'], {progress_at: clock.now()})
  } catch (error) {
    log.warn({event: 'delivery.lease.failed', edition, err: error}, 'the ledger does not answer')
  }
}
