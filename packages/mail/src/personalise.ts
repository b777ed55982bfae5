import {isSafeAddress} from '@broadside/subscribers'
import {BroadsideError} from '@broadside/runtime'
import type {EditionMessage, Recipient} from './edition-message.ts'
import {encodeBody, type EncodedBody} from './encode-body.ts'
import {escapeHtml} from './escape-html.ts'
import {angled, headerLine, mailbox, unstructured} from './header-line.ts'
import {isOneClick, mailUrl} from './mail-url.ts'
import {automatic, dateHeader, messageIdHeader, threadHeaders} from './mail-headers.ts'
import {mark, splitAtMarks, type PersonalPart} from './personal-marks.ts'
import {quotedPrintableInsert} from './quoted-printable.ts'

type Prepared = {headers: string; body: EncodedBody}

const mailParts = {leave: 'unsubscribe-url', choose: 'preferences-url'} as const satisfies Record<string, PersonalPart>

const prepared = new WeakMap<EditionMessage, Prepared>()

/**
 * The mail for one recipient, as the bytes to submit (RFC 5322, ASCII, CRLF). The message is encoded at its first use
 * and only pieced together afterwards, so pass the same object for every recipient of a batch.
 *
 * Throws `address.invalid`, `mail.url.invalid` or `mail.message-id.invalid` (all invalid).
 */
export function personalise(message: EditionMessage, recipient: Recipient): Uint8Array {
  let ready = prepared.get(message)
  if (ready === undefined) {
    ready = prepare(message)
    prepared.set(message, ready)
  }
  const {headers, body} = ready
  const leave = insertsOf(recipient.unsubscribeUrl, 'unsubscribe page')
  const {preferencesUrl} = recipient
  const choose = preferencesUrl === undefined ? leave : insertsOf(preferencesUrl, 'preferences page')
  const chunks: Uint8Array[] = [Buffer.from(personalHeaders(message, recipient) + headers, 'latin1')]
  for (const [at, piece] of body.pieces.entries()) {
    chunks.push(piece)
    const next = body.parts[at]
    if (next !== undefined) chunks.push((next.part === mailParts.choose ? choose : leave)[next.in])
  }
  return Buffer.concat(chunks)
}

/** A link as it stands in the encoded body. */
function insertsOf(link: string, what: string): {text: Buffer; html: Buffer} {
  const url = mailUrl(link, what)
  return {
    text: Buffer.from(quotedPrintableInsert(url), 'latin1'),
    html: Buffer.from(quotedPrintableInsert(escapeHtml(url)), 'latin1'),
  }
}

/** Text and HTML of a message as one recipient would see them, all personal links leading to one page. */
export function previewFor(message: EditionMessage, personalUrl: string): {text: string; html: string} {
  const url = mailUrl(personalUrl, 'unsubscribe page')
  let {text, html} = message
  for (const part of Object.values(mailParts)) {
    text = text.replaceAll(mark(part), () => url)
    html = html.replaceAll(mark(part), () => escapeHtml(url))
  }
  return {text, html}
}

function prepare(message: EditionMessage): Prepared {
  const known: string[] = Object.values(mailParts)
  for (const part of [message.text, message.html]) {
    if (splitAtMarks(part).some((piece, at) => at % 2 === 1 && !known.includes(piece))) {
      throw new BroadsideError('bug', 'mail.mark.unknown', 'The message has a personal part that is not known')
    }
  }
  const body = encodeBody(message.text, message.html)
  const headers =
    headerLine('From', mailbox(message.from)) +
    (message.replyTo === undefined ? '' : headerLine('Reply-To', `<${message.replyTo}>`)) +
    headerLine('Subject', unstructured(message.subject)) +
    headerLine('List-Id', angled(message.listTitle, message.listId)) +
    headerLine('Feedback-ID', feedbackId(message)) +
    automatic +
    body.headers +
    '\r\n'
  return {headers, body}
}

/** What Gmail counts complaints by, for the edition and for the site; it has to be signed to count. */
function feedbackId({editionId, listId}: EditionMessage): string {
  return `${editionId.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 20)}:${listId.split('.')[0]}:edition:broadside`
}

function personalHeaders(
  message: EditionMessage,
  {address, oneClickUrl, leaveAddress = message.unsubscribeMailto, messageId, inReplyTo, date}: Recipient,
): string {
  if (!isSafeAddress(address) || (leaveAddress !== undefined && !isSafeAddress(leaveAddress))) {
    throw new BroadsideError(
      'invalid',
      'address.invalid',
      'The recipient, or where they leave, is not one plain mail address',
    )
  }
  const oneClick = mailUrl(oneClickUrl, 'one-click address')
  const mailto = leaveAddress === undefined ? '' : `,\r\n <mailto:${encodeURI(leaveAddress)}?subject=unsubscribe>`
  return (
    `To: ${address}\r\n` +
    dateHeader(date) +
    messageIdHeader(messageId) +
    (inReplyTo === undefined ? '' : threadHeaders(inReplyTo)) +
    // Not folded within the address: some providers read the header by a simple pattern.
    `List-Unsubscribe: <${oneClick}>${mailto}\r\n` +
    (isOneClick(oneClick) ? 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n' : '')
  )
}
