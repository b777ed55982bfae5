import {findMail, settleUncertain, type MailReportRow} from '@broadside/ledger'
import {cleanReply} from '@broadside/smtp'
import {applyReport} from './apply-report.ts'
import type {ReportDeps, Told} from './reports.ts'
import {settledBy} from './settle-reported.ts'

/**
 * Writes down what somebody told about a mail, with all that follows from it, in one transaction: what was uncertain is
 * settled, and a subscriber who is not there, complains or leaves gets no further mail. Only then may the teller be
 * answered. `known` came before and changes nothing; `unknown` is about a mail that never was.
 */
export async function takeReport({ledger, clock, log}: ReportDeps, told: Told): Promise<'taken' | 'known' | 'unknown'> {
  const now = clock.now()
  const reply = cleanReply(told.reply)
  const taken = await ledger.transaction(async (tx) => {
    const mail = await findMail(tx, told.mail)
    if (mail === undefined) return 'unknown'
    const {site, state} = mail
    const row: MailReportRow = {
      source: told.source,
      event: told.event,
      kind: told.kind,
      fault: 'fault' in told ? told.fault : null,
      site,
      mail_kind: told.mail.kind,
      mail: told.mail.id,
      subscriber: told.mail.subscriber,
      status: told.status ?? null,
      reply,
      at: Math.min(told.at, now),
      received_at: now,
      waits: state === 'submitting' ? 1 : 0,
    }
    const applied = await applyReport(tx, row)
    if (applied === 'known') return 'known'
    await settleUncertain(tx, {...told.mail, site}, {...settledBy(row), now})
    return {row, change: applied.change}
  })
  if (typeof taken === 'string') return taken
  const {row, change} = taken
  const {site, kind, fault, status, source, subscriber} = row
  const about = {site, [row.mail_kind]: row.mail, subscriber, source, kind, fault, status, became: change?.after}
  if (fault === 'us')
    log.warn({event: 'report.refused', ...about}, `a mail of ${site} was refused, and not for its reader: ${reply}`)
  else log.info({event: 'report.taken', ...about}, `a mail of ${site}: ${kind}`)
  return 'taken'
}
