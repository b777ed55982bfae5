import {isWornOut} from '@broadside/bounces'
import {
  addMailReport,
  findSubscriber,
  isBackSince,
  passingBounces,
  recordById,
  type Db,
  type MailReportRow,
  type SubscriberChange,
} from '@broadside/ledger'
import type {SubscriberEvent} from '@broadside/subscribers'

/** Clocks of others may be behind by so much, ms. */
const skewMs = 60_000

/**
 * Writes a report down with what follows from it for its subscriber, in the caller's transaction. `known` is one that
 * is there already: nothing follows from it again.
 */
export async function applyReport(
  tx: Db,
  row: MailReportRow,
): Promise<'known' | {change: SubscriberChange | undefined}> {
  if (!(await addMailReport(tx, row))) return 'known'
  const {site, subscriber: id, kind, mail_kind: sort, mail, source, reply, received_at: now} = row
  const event = await consequenceOf(tx, row)
  const cause = `${kind} ${sort} ${mail}, told by ${source}${reply === '' ? '' : `: ${reply}`}`
  return {change: event && (await recordById(tx, site, {id, event, cause, now}))}
}

async function consequenceOf(tx: Db, report: MailReportRow): Promise<SubscriberEvent | undefined> {
  const {site, subscriber, kind, fault, at, received_at: now} = report
  const person = await findSubscriber(tx, site, subscriber)
  if (person === undefined) return undefined
  // Who asked for the mail after it happened has taken it back; who only chose what they get has not.
  const orVouched = kind === 'bounced' || kind === 'rejected'
  if (await isBackSince(tx, site, {subscriber, at: at + skewMs, orVouched})) return undefined
  if (kind === 'complained') return 'complained'
  if (kind === 'leave') return 'unsubscribed'
  if (kind !== 'bounced' && kind !== 'rejected') return undefined
  if (fault === 'mailbox') return 'bounced'
  return fault === 'passing' && isWornOut(await passingBounces(tx, site, subscriber), now) ? 'bounced' : undefined
}
