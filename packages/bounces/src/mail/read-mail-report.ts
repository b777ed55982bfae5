import PostalMime, {type Attachment, type Email} from 'postal-mime'
import type {MailReport, ReadReport} from './mail-report.ts'
import {readBounceText, splitQuotation} from './read-bounce-text.ts'
import {readDeliveryStatus} from './read-delivery-status.ts'
import {readFeedback} from './read-feedback.ts'

const addressedIn = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc']
const statusParts = ['message/delivery-status', 'message/global-delivery-status']
const quotedParts = ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers']
/** Of a quoted mail; our own headers stand in the first few thousand. */
const maxQuoted = 64 * 1_024

/**
 * Reads a mail that came to one of our return addresses: a delivery status notification, a feedback report, what mail
 * systems wrote before there were those, or anything else. Whether it is about a mail of ours its words do not tell;
 * for that, look for an address of ours in `addressed` and `quoted`. Never throws: what cannot be read is `other`.
 */
export async function readMailReport(raw: Uint8Array): Promise<MailReport> {
  let email: Email
  try {
    email = await PostalMime.parse(raw, {maxNestingDepth: 20, maxHeadersSize: 256 * 1_024, attachmentEncoding: 'utf8'})
  } catch {
    return {kind: 'other', addressed: '', quoted: ''}
  }
  const parts = (types: string[]) =>
    email.attachments
      .filter(({mimeType}) => types.includes(mimeType))
      .map(textOf)
      .join('\n\n')
  const text = email.text ?? email.html?.replace(/<[^>]*>/g, ' ') ?? ''
  const feedback = parts(['message/feedback-report'])
  const quoted = [feedback, parts(quotedParts), splitQuotation(text).quoted].join('\n\n')
  return {
    ...(readFormats(email, text, parts(statusParts), feedback) ?? {kind: isAutomatic(email) ? 'automatic' : 'other'}),
    ...(email.messageId === undefined ? {} : {messageId: email.messageId}),
    addressed: headersOf(email, addressedIn).join('\n'),
    quoted: quoted.slice(0, maxQuoted),
  }
}

function readFormats(email: Email, text: string, status: string, feedback: string): ReadReport | undefined {
  if (feedback !== '') return readFeedback(feedback)
  const report = status === '' ? undefined : readDeliveryStatus(status)
  if (report !== undefined) return report
  const from = headersOf(email, ['from']).join(' ')
  const hasFailedRecipients = headersOf(email, ['x-failed-recipients']).length > 0
  return readBounceText({from, subject: email.subject ?? '', text, hasFailedRecipients})
}

/** RFC 3834, and what robots wrote before it. */
function isAutomatic(email: Email): boolean {
  const [submitted = 'no'] = headersOf(email, ['auto-submitted'])
  const [precedence = ''] = headersOf(email, ['precedence'])
  return (
    !/^no\b/i.test(submitted) ||
    /^(auto_reply|bulk|junk|list)\b/i.test(precedence) ||
    headersOf(email, ['x-autoreply', 'x-autorespond', 'x-auto-response-suppress']).length > 0
  )
}

function headersOf(email: Email, names: string[]): string[] {
  return names.flatMap((name) => email.headers.filter(({key}) => key === name).map(({value}) => value))
}

function textOf({content}: Attachment): string {
  return typeof content === 'string' ? content : Buffer.from(content as Uint8Array).toString('utf8')
}
