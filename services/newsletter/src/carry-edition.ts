import {setTimeout as delay} from 'node:timers/promises'
import {createEvent} from '@broadside/contracts'
import {
  appendEvents,
  deliveryCounts,
  excludeWaiting,
  findEdition,
  fixBoundary,
  freezeChunk,
  hasDueDelivery,
  hasOpenDelivery,
  keepTexts,
  moveEdition,
  postOfEdition,
  type EditionRow,
} from '@broadside/ledger'
import {carryCanary, shareOf} from './carry-canary.ts'
import {closeDigest} from './close-digest.ts'
import {composeMessage} from './compose-message.ts'
import {holdBack} from './hold-back.ts'
import {holdForFindings} from './hold-for-findings.ts'
import {holdUncomposed} from './hold-uncomposed.ts'
import type {Newsletter} from './newsletter.ts'

/** Between two chunks of an audience others write, ms: who waits for a lock looks for it now and then, and has to find it free. */
const giveWayMs = 5

/**
 * A job's number is the edition's attempt times this, plus how many parts its lane had before it: a part adds the next
 * one while its own job still exists, and an add under an id that exists is ignored.
 */
export const turnsPerAttempt = 1_000_000

/**
 * Does for an edition what is missing now: freezes its message and audience, puts its parts into the queue, completes
 * it, or winds it up. Any number may call at once, any time.
 */
export async function carryEdition(newsletter: Newsletter, id: string): Promise<void> {
  const edition = await findEdition(newsletter.deps.ledger.db, id)
  if (edition?.state === 'freezing') {
    const isReady = edition.digest === null ? await freeze(newsletter, edition) : await closeDigest(newsletter, edition)
    if (isReady) return carryEdition(newsletter, id)
  } else if (edition?.state === 'sending') await keepSending(newsletter, edition)
  else if (edition?.state === 'cancelled') await windUp(newsletter, edition)
}

/** True when message and audience are fixed, and the edition may go on. */
async function freeze(newsletter: Newsletter, edition: EditionRow): Promise<boolean> {
  const {ledger, clock, log} = newsletter.deps
  const {id, site} = edition
  if (edition.boundary === null) {
    if ((await holdBack(newsletter, edition)) || !(await fixMessage(newsletter, edition))) return false
  }
  let frozen = false
  while (!frozen) {
    frozen = await freezeChunk(ledger, id, clock.now())
    if (!frozen) await delay(giveWayMs)
  }
  const now = await findEdition(ledger.db, id)
  if (now?.state !== 'sending') return false
  log.info(
    {event: 'edition.frozen', site, edition: id, audience: now.audience, boundary: now.boundary},
    `"${now.subject}" goes to ${now.audience} ${now.audience === 1 ? 'person' : 'people'}`,
  )
  return true
}

async function fixMessage(newsletter: Newsletter, edition: EditionRow): Promise<boolean> {
  const {ledger, clock, tokens} = newsletter.deps
  const {id} = edition
  try {
    const {body, hash, subject, revision, release, findings} = await composeMessage(
      ledger.db,
      edition,
      newsletter.options,
      tokens,
    )
    if (await holdForFindings(newsletter, edition, {subject, findings})) return false
    await ledger.transaction(async (tx) => {
      await keepTexts(tx, [{hash, body}])
      const set = {message_hash: hash, subject, revision, release, progress_at: clock.now()}
      const row = await tx.selectFrom('editions').select('boundary').where('id', '=', id).executeTakeFirst()
      // Whoever came first has fixed both.
      if (row?.boundary !== null || !(await moveEdition(tx, id, ['freezing'], set))) return
      await fixBoundary(tx, id)
    })
    return true
  } catch (error) {
    await holdUncomposed(newsletter, edition, error)
    return false
  }
}

async function keepSending(newsletter: Newsletter, edition: EditionRow): Promise<void> {
  const {ledger, clock} = newsletter.deps
  if (!(await hasOpenDelivery(ledger.db, edition.id))) return completeEdition(newsletter, edition)
  if (!(await carryCanary(newsletter, edition))) return
  const now = (await findEdition(ledger.db, edition.id)) ?? edition
  if (!(await hasDueDelivery(ledger.db, edition.id, clock.now(), shareOf(now)))) return
  const attempt = edition.attempt + 1
  const raised = await ledger.db
    .updateTable('editions')
    .set({attempt, progress_at: clock.now()})
    .where('id', '=', edition.id)
    .where('attempt', '=', edition.attempt)
    .where('state', '=', 'sending')
    .executeTakeFirst()
  if (raised.numUpdatedRows > 0n) await addParts(newsletter, {...edition, attempt})
}

/** The first parts; each that ends adds the next of its lane at the tail, so that editions take turns. */
async function addParts({deps, options}: Newsletter, {id, site, attempt, audience}: EditionRow): Promise<void> {
  const lanes = Math.max(1, Math.min(options.lanes, Math.ceil((audience ?? 0) / options.partSize)))
  const parts = Array.from({length: lanes}, (_, lane) => ({site, edition: id, lane}))
  try {
    await deps.queue.addAll('edition.batch', parts, {attempt: attempt * turnsPerAttempt})
  } catch (error) {
    deps.log.warn({event: 'edition.waiting', site, edition: id, err: error}, 'the queue takes no parts now')
  }
}

/** Completes an edition when nobody of its audience waits or is under way, and states it in the same transaction. */
export async function completeEdition({deps}: Newsletter, edition: EditionRow): Promise<void> {
  const {ledger, bus, clock, log} = deps
  const {id, site} = edition
  if (await hasOpenDelivery(ledger.db, id)) return
  const counts = await deliveryCounts(ledger.db, id)
  const post = await postOfEdition(ledger.db, edition)
  const now = clock.now()
  const completed = await ledger.transaction(async (tx) => {
    if (await hasOpenDelivery(tx, id)) return false
    if (!(await moveEdition(tx, id, ['sending'], {state: 'complete', reason: null, completed_at: now}))) return false
    await appendEvents(
      tx,
      'newsletter',
      [createEvent('edition.completed', {site, edition: id, post, counts}, now)],
      now,
    )
    return true
  })
  if (!completed) return
  bus.nudge()
  const {accepted, failed, uncertain, excluded} = counts
  const tookMs = now - (edition.frozen_at ?? now)
  log.info(
    {event: 'edition.completed', site, edition: id, post, accepted, failed, uncertain, excluded, tookMs},
    `"${edition.subject}" went to ${accepted} ${accepted === 1 ? 'person' : 'people'} in ${tookMs} ms` +
      (failed + uncertain + excluded > 0 ? `; ${failed} failed, ${uncertain} uncertain, ${excluded} left out` : ''),
  )
}

async function windUp({deps}: Newsletter, {id, reason}: EditionRow): Promise<void> {
  const {ledger, clock} = deps
  const chunk = {reason: reason ?? 'cancelled', limit: 1_000}
  while ((await ledger.transaction((tx) => excludeWaiting(tx, id, {...chunk, now: clock.now()}))) > 0);
  if (await hasOpenDelivery(ledger.db, id)) return
  await moveEdition(ledger.db, id, ['cancelled'], {completed_at: clock.now()})
}
