import {encodeWord, foldLines, quoteString} from 'nodemailer/lib/mime-funcs'
import type {Mailbox} from './edition-message.ts'
import {oneLine} from './one-line.ts'

/** One header line with its CRLF, folded. `value` must be ASCII: it comes from the functions below or is a constant. */
export function headerLine(name: string, value: string): string {
  return `${foldLines(`${name}: ${value}`, 76)}\r\n`
}

/** Free text for Subject (RFC 2047 where it needs it). */
export function unstructured(text: string): string {
  const line = oneLine(text)
  return needsEncoding(line) ? encodeWord(line, 'Q', 60) : line
}

/** `"Name" <address>`; the address must have been checked. */
export function mailbox({name, address}: Mailbox): string {
  return angled(name, address)
}

/** A name before something in angle brackets, as in From (RFC 5322) and List-Id (RFC 2919). */
export function angled(name: string, inside: string): string {
  const line = oneLine(name)
  if (line === '') return `<${inside}>`
  return `${needsEncoding(line) ? encodeWord(line, 'Q', 60) : quoteString(line)} <${inside}>`
}

/** Beyond ASCII, alike to an encoded word, or with a word too long to be folded. */
function needsEncoding(line: string): boolean {
  return /[^\x20-\x7e]/.test(line) || line.includes('=?') || /\S{60,}/.test(line)
}
