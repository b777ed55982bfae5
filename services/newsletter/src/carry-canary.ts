import {
  backfireCounts,
  chooseCanaries,
  deliveryCounts,
  hasDueDelivery,
  moveEdition,
  type EditionRow,
} from '@broadside/ledger'
import {judgeCanary} from './judge-canary.ts'
import type {Newsletter} from './newsletter.ts'

/** With fewer people than this a share of them says nothing. */
const leastAudience = 100

/** Which rows of an edition may be sent: while the first share is under way, only those that are of it. */
export function shareOf({canary, canary_at: judgedAt}: Pick<EditionRow, 'canary' | 'canary_at'>): {firstOnly: boolean} {
  return {firstOnly: canary !== null && canary > 0 && judgedAt !== 0}
}

/**
 * Has a share of the audience, spread over its domains, get the mail first, and pauses the edition when that goes badly.
 * Any number may call at once, any time.
 *
 * @returns true when parts of the edition may be sent now: of the first share, or of all.
 */
export async function carryCanary(newsletter: Newsletter, edition: EditionRow): Promise<boolean> {
  const {deps, options} = newsletter
  const {ledger, clock, log} = deps
  const {db} = ledger
  const {id, site, audience, canary, canary_at: judgedAt} = edition
  const rule = options.rulesOf(site).canary
  if (judgedAt === 0 || (canary === null && (rule === undefined || (audience ?? 0) < leastAudience))) return true
  if (canary === null) {
    const percent = rule?.percent ?? 100
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const from: string = cursor
      cursor = await ledger.transaction((tx) => chooseCanaries(tx, {edition: id, site, percent, cursor: from}))
    }
    await moveEdition(db, id, ['sending'], {canary: Math.ceil(((audience ?? 0) * percent) / 100)})
    return true
  }
  const now = clock.now()
  if (await hasDueDelivery(db, id, now, {firstOnly: true})) return true
  const counts = await deliveryCounts(db, id, {firstOnly: true})
  // Who was put off by a server has answered, and is asked again meanwhile; who waits for a lane has not.
  if (counts.pending + counts.claimed + counts.submitting > 0) return false
  if (judgedAt === null) {
    const at = now + (rule?.waitMs ?? 0)
    const reason = `the first have it; all others get it from ${new Date(at).toISOString()} on, if nothing speaks against it`
    // 0 would say that it is over.
    await moveEdition(db, id, ['sending'], {canary_at: Math.max(at, 1), reason, progress_at: 0})
    log.info({event: 'edition.canary.sent', site, edition: id, ...counts}, reason)
    return false
  }
  if (now < judgedAt) return false
  const why = judgeCanary({counts, ...(await backfireCounts(db, edition))})
  if (why === undefined) {
    await moveEdition(db, id, ['sending'], {canary_at: 0, reason: null, progress_at: 0})
    return true
  }
  // Whoever resumes it has looked into it, and it goes to all.
  await moveEdition(db, id, ['sending'], {state: 'paused', reason: why, canary_at: 0})
  log.error({event: 'edition.paused', site, edition: id, reason: why}, `an edition is paused: ${why}`)
  return false
}
