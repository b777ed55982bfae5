import {endWaiting, findMail, settleUncertain, waitingReports, type MailReportRow} from '@broadside/ledger'
import type {ReportDeps} from './reports.ts'

/** A report is waited with for as long as a mail may be under way, and no longer, ms. */
const patienceMs = 3_600_000

/** What a report says of a mail of which nothing else is known: only a rejected one never left. */
export function settledBy({kind, source, reply}: MailReportRow): {state: 'accepted' | 'failed'; reply: string} {
  const said = `${kind}, as ${source} told${reply === '' ? '' : `: ${reply}`}`
  return {state: kind === 'rejected' ? 'failed' : 'accepted', reply: said}
}

/**
 * Settles mails that became uncertain after a report about them had come: a provider may be faster than the answer to
 * the mail itself. A repeat finds nothing more to do.
 */
export async function settleReported({ledger, clock, log}: ReportDeps): Promise<void> {
  if ((await waitingReports(ledger.db)).length === 0) return
  const settled = await ledger.transaction(async (tx) => {
    const done: number[] = []
    let count = 0
    for (const report of await waitingReports(tx)) {
      const {id, site, mail_kind: kind, mail, subscriber, received_at: since} = report
      const name = {kind, id: mail, subscriber}
      const state = (await findMail(tx, name))?.state
      if (state === 'submitting' && since > clock.now() - patienceMs) continue
      done.push(id)
      if (await settleUncertain(tx, {...name, site}, {...settledBy(report), now: clock.now()})) count += 1
    }
    await endWaiting(tx, done)
    return count
  })
  if (settled > 0) log.info({event: 'report.settled', mails: settled}, `${settled} uncertain mails are certain now`)
}
