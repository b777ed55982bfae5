import {createHash} from 'node:crypto'
import {readMailReport, type MailReport, type ReturnPaths, type ReturnTag} from '@broadside/bounces'
import type {ReportDeps, Told} from './reports.ts'
import {takeReport} from './take-report.ts'

/**
 * Takes what a mail to one of our return addresses tells. `to` is what the addresses say that it was handed over with;
 * where those are not known, or say nothing, the mail's own headers do, and then what it quotes. A mail in which no
 * address of ours stands, or one that tells nothing, is `ignored`: anybody can write.
 */
export async function takeMail(
  deps: ReportDeps,
  returnPaths: ReturnPaths,
  {raw, to = []}: {raw: Uint8Array; to?: readonly ReturnTag[]},
): Promise<'taken' | 'known' | 'unknown' | 'ignored'> {
  const report = await readMailReport(raw)
  const [tag] = [...to, ...returnPaths.find(report.addressed)]
  const told = tag === undefined ? undefined : toldBy(report, tag)
  // A complaint comes to one address for all, and what it quotes is all that leads to the mail.
  const [quoted] = told === undefined ? returnPaths.find(report.quoted) : []
  const known = told ?? (quoted === undefined ? undefined : toldBy(report, {...quoted, purpose: 'bounce'}))
  if (known === undefined) {
    deps.log.debug({event: 'report.ignored', kind: report.kind}, `a mail that came in is ignored: ${report.kind}`)
    return 'ignored'
  }
  const mail = (tag ?? quoted)!.reference
  const name = JSON.stringify([report.messageId ?? Buffer.from(raw).toString('base64'), mail])
  const event = createHash('sha256').update(name).digest('hex')
  return takeReport(deps, {source: 'mail', event, mail, at: deps.clock.now(), ...known})
}

type OmitEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never

function toldBy(
  report: MailReport,
  {purpose}: ReturnTag,
): OmitEach<Told, 'source' | 'event' | 'mail' | 'at'> | undefined {
  if (report.kind === 'automatic' || report.kind === 'other') {
    // Whatever else is written to that address: only who got the mail knows it.
    return purpose === 'leave' ? {kind: 'leave', reply: 'a mail to the address for leaving'} : undefined
  }
  const {reply} = report
  const status = 'status' in report && report.status !== undefined ? {status: report.status} : {}
  return report.kind === 'bounced'
    ? {kind: 'bounced', fault: report.fault, reply, ...status}
    : {kind: report.kind, reply, ...status}
}
