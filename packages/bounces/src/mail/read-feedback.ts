import type {ReadReport} from './mail-report.ts'
import {reportFields} from './report-fields.ts'

/**
 * Reads the machine-readable part of a feedback report (ARF, RFC 5965). `not-spam` takes a complaint back and is none;
 * `auth-failure` (RFC 6591) and `dmarc` speak of forgers. Undefined for those.
 */
export function readFeedback(text: string): ReadReport | undefined {
  const [fields] = reportFields(text)
  const type = fields?.get('feedback-type')?.toLowerCase()
  const isComplaint =
    type !== undefined && ['abuse', 'fraud', 'opt-out', 'other', 'virus', 'miscategorized'].includes(type)
  return isComplaint ? {kind: 'complained', reply: type} : undefined
}
