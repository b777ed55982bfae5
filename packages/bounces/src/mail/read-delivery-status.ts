import {judgeRefusal, statusIn} from '../judge-refusal.ts'
import type {ReadReport} from './mail-report.ts'
import {reportFields, type ReportFields} from './report-fields.ts'

const gravest = ['failed', 'delayed', 'relayed', 'expanded', 'delivered']

/**
 * Reads the machine-readable part of a delivery status notification (RFC 3464, RFC 6533). Our mails have one recipient;
 * where a report names more, the gravest counts. Undefined when it says of nobody what became of the mail.
 */
export function readDeliveryStatus(text: string): ReadReport | undefined {
  const recipients = reportFields(text).filter((fields) => gravest.includes(actionOf(fields)))
  const [worst] = recipients.toSorted((a, b) => gravest.indexOf(actionOf(a)) - gravest.indexOf(actionOf(b)))
  if (worst === undefined) return undefined
  const diagnostic = (worst.get('diagnostic-code') ?? '').replace(/^[\w-]+\s*;\s*/, '')
  const status = statusOf(worst.get('status'), diagnostic)
  const reply = diagnostic === '' ? (status ?? 'without a reason') : diagnostic
  const told = {...(status === undefined ? {} : {status}), reply}
  const action = actionOf(worst)
  if (action === 'failed') {
    return {kind: 'bounced', ...told, fault: judgeRefusal({status, code: codeOf(diagnostic), reply})}
  }
  return action === 'delayed' ? {kind: 'delayed', ...told} : {kind: 'delivered', reply: action}
}

function actionOf(fields: ReportFields): string {
  return /^[a-z]+/.exec((fields.get('action') ?? '').toLowerCase())?.[0] ?? ''
}

/** The remote server's own status says more than the `5.0.0` that many reporters put into their field. */
function statusOf(field: string | undefined, diagnostic: string): string | undefined {
  const [own] = /[245]\.\d{1,3}\.\d{1,3}/.exec(field ?? '') ?? []
  const remote = statusIn(diagnostic)
  return own === undefined || own.endsWith('.0.0') ? (remote ?? own) : own
}

/** The reply code of a dialogue in what a server said. */
export function codeOf(text: string): number | undefined {
  const [, code] = /(?:^|[\s:])([45]\d\d)(?=[\s-])/.exec(text) ?? []
  return code === undefined ? undefined : Number(code)
}
