import {createReturnPaths, type MailReference} from '@broadside/bounces'
import {ensureSite, findSubscriber, openEdition, openLedger, type Ledger} from '@broadside/ledger'
import {createLogger, type Clock} from '@broadside/runtime'
import type {ReportDeps} from '../src/reports/reports.ts'
import {idOf, site, subscribe, tokenKeys} from './fill-ledger.ts'

export const returnPaths = createReturnPaths({template: 'bounces+*@field-notes.example', keys: tokenKeys})

export const edition = '0123456789abcdef'
/** The mail of the edition to a person. */
export const mailTo = (person: number): MailReference => ({kind: 'edition', id: edition, subscriber: idOf(person)})

export type ReportsBed = {
  deps: ReportDeps
  ledger: Ledger
  clock: Clock & {advance: (ms: number) => void}
  /** Everything that was logged, as text. */
  logged: () => string
  stateOf: (person: number) => Promise<string | undefined>
  /** State of the delivery to a person, and its reply. */
  delivery: (person: number) => Promise<{state: string; reply: string | null}>
  setDelivery: (person: number, state: string) => Promise<void>
  stop: () => Promise<void>
}

/** A ledger with a site, `people` who are active, and an edition that went to each of them. */
export async function openReportsBed(people: number): Promise<ReportsBed> {
  const ledger = await openLedger('sqlite::memory:')
  const row = {name: site, remote: 'file:///nowhere', branch: 'main', site_url: 'https://a.example/'}
  await ensureSite(ledger.db, {...row, audience_url: 'https://b.example/'}, {id: 'site-1', now: 0})
  await subscribe(ledger, people)
  const about = {id: edition, site, post: 'p1', revision: 1, release: 1, state: 'complete', reason: null} as const
  await openEdition(ledger.db, {...about, subject: 'News'}, 0)
  await ledger.db
    .insertInto('deliveries')
    .values(
      Array.from({length: people}, (_, at) => ({
        edition,
        subscriber: idOf(at + 1),
        state: 'accepted',
        worker: null,
        lease_until: null,
        attempt: 1,
        next_at: 0,
        reply: '250 ok',
        changed_at: 0,
      })),
    )
    .execute()
  const lines: string[] = []
  const log = createLogger({service: 'test', level: 'silent', pretty: false})
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    log[level] = (...what: unknown[]) => void lines.push(JSON.stringify(what))
  }
  let ahead = 0
  const clock = {now: () => Date.now() + ahead, advance: (ms: number) => void (ahead += ms)}
  return {
    deps: {ledger, clock, log},
    ledger,
    clock,
    logged: () => lines.join('\n'),
    stateOf: async (person) => (await findSubscriber(ledger.db, site, idOf(person)))?.state,
    delivery: (person) =>
      ledger.db
        .selectFrom('deliveries')
        .select(['state', 'reply'])
        .where('subscriber', '=', idOf(person))
        .executeTakeFirstOrThrow(),
    async setDelivery(person, state) {
      await ledger.db.updateTable('deliveries').set({state}).where('subscriber', '=', idOf(person)).execute()
    },
    stop: () => ledger.close(),
  }
}

/** A report of a mail system about the mail to a person, in the format of RFC 3464. */
export function bounceMail(
  address: string,
  {status = '5.1.1', action = 'failed', id = 'r1', quotes = ''} = {},
): string {
  return [
    'From: MAILER-DAEMON@mx.readers.example',
    `To: ${address}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${id}@mx.readers.example>`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain',
    '',
    'It did not arrive.',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.readers.example',
    '',
    'Final-Recipient: rfc822; person-1@readers.example',
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; 550 ${status} <person-1@readers.example>: no`,
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    quotes,
    '--b1--',
    '',
  ].join('\r\n')
}

/** A report of a mailbox provider (RFC 5965) that quotes a mail with this address in it. */
export function complaintMail(quoted: string): string {
  return [
    'From: feedback@provider.example',
    'To: complaints@field-notes.example',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"',
    '',
    '--b1',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'Version: 1',
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    `List-Unsubscribe: <https://people.example/unsubscribe/x>, <mailto:${quoted}?subject=unsubscribe>`,
    '--b1--',
    '',
  ].join('\r\n')
}
