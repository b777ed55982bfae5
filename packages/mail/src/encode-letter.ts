import {parseAddress} from '@broadside/subscribers'
import type {Mailbox} from './edition-message.ts'
import {encodeBody} from './encode-body.ts'
import {headerLine, mailbox, unstructured} from './header-line.ts'
import {automatic, dateHeader, messageIdHeader} from './mail-headers.ts'

export type Letter = {
  from: Mailbox
  replyTo?: string
  subject: string
  text: string
  html: string
  /** With angle brackets, from `messageIdFor`. */
  messageId: string
  date: Date
}

/**
 * A mail to one person, as the bytes to submit, marked as sent by a program.
 * Throws `address.invalid` or `mail.message-id.invalid` (both invalid).
 */
export function encodeLetter(letter: Letter, address: string): Uint8Array {
  const body = encodeBody(letter.text, letter.html)
  const from = {name: letter.from.name, address: parseAddress(letter.from.address).address}
  const headers =
    `To: ${parseAddress(address).address}\r\n` +
    dateHeader(letter.date) +
    messageIdHeader(letter.messageId) +
    headerLine('From', mailbox(from)) +
    (letter.replyTo === undefined ? '' : headerLine('Reply-To', `<${parseAddress(letter.replyTo).address}>`)) +
    headerLine('Subject', unstructured(letter.subject)) +
    automatic +
    body.headers +
    '\r\n'
  return Buffer.concat([Buffer.from(headers, 'latin1'), ...body.pieces])
}
