import type {Db} from './open-ledger.ts'
import type {MailReportRow} from './mail-reports.ts'

/** How many mails of an edition something was told of; `fault` of those that came back. */
export type ReportCount = Pick<MailReportRow, 'kind' | 'fault'> & {mails: number}

/** What came back about the mails of an edition, most first; a mail that several told the same of counts once. */
export async function reportCounts(db: Db, edition: string): Promise<ReportCount[]> {
  const rows = await db
    .selectFrom('mail_reports')
    .select(['kind', 'fault', (count) => count.fn.count<number>('subscriber').distinct().as('mails')])
    .where('mail', '=', edition)
    .where('mail_kind', '=', 'edition')
    .groupBy(['kind', 'fault'])
    .orderBy('mails', 'desc')
    .orderBy('kind')
    .execute()
  return rows.map(({kind, fault, mails}) => ({kind, fault, mails: Number(mails)}) as ReportCount)
}

/** `2 bounced (mailbox), 1 complained`; empty when nothing was told. */
export function formatReports(counts: readonly ReportCount[]): string {
  return counts.map(({kind, fault, mails}) => `${mails} ${kind}${fault === null ? '' : ` (${fault})`}`).join(', ')
}
