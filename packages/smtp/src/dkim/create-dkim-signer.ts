import {createHash, sign} from 'node:crypto'
import {promisify} from 'node:util'
import type {DkimKey} from './dkim-key.ts'
import {relaxedBody, relaxedField} from './relaxed.ts'

/** Signs a message (RFC 5322, CRLF) and gives it with its signature in front. `at` is ms. */
export type DkimSigner = (raw: Uint8Array, at: number) => Promise<Uint8Array>

/**
 * What is signed, each name once more than it stands in the message, so that nobody can add one on the way: a second
 * Subject, or an unsubscribe address of somebody else. RFC 8058 asks for both list headers.
 */
const signed = [
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'auto-submitted',
  'feedback-id',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
]

// Of the thread pool, so that mails in hand are signed on all cores.
const signInBackground = promisify(sign)
const headerEnd = Buffer.from('\r\n\r\n')

/** Signs as RFC 6376 says, rsa-sha256 over the relaxed forms. The same message, key and second give the same bytes. */
export function createDkimSigner({domain, selector, privateKey}: DkimKey): DkimSigner {
  return async (raw, at) => {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
    const end = bytes.indexOf(headerEnd)
    const split = end < 0 ? bytes.length : end
    const fields = fieldsByName(bytes.toString('latin1', 0, split))
    const body = relaxedBody(bytes.subarray(Math.min(split + 4, bytes.length)))
    const bodyHash = createHash('sha256').update(body).digest('base64')
    const present = signed.flatMap((name) => fields.get(name) ?? [])
    const names = signed.flatMap((name) => [name, ...(fields.get(name) ?? []).map(() => name)])
    const unsigned =
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain};\r\n` +
      ` s=${selector}; t=${Math.floor(at / 1000)}; bh=${bodyHash};\r\n` +
      `${folded('h=', names.join(':'), ':')};\r\n b=`
    const data = [...present, relaxedField(unsigned)].join('\r\n')
    const signature = await signInBackground('sha256', Buffer.from(data, 'latin1'), privateKey)
    const header = `${unsigned}${folded('', signature.toString('base64')).trimStart()}\r\n`
    return Buffer.concat([Buffer.from(header, 'latin1'), bytes])
  }
}

/** The fields in the relaxed form, those of one name from the last to the first, which is how they are signed. */
function fieldsByName(header: string): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const field of header.split(/\r\n(?![ \t])/)) {
    const relaxed = relaxedField(field)
    const name = relaxed.slice(0, relaxed.indexOf(':'))
    fields.set(name, [relaxed, ...(fields.get(name) ?? [])])
  }
  return fields
}

const lineLength = 74

/** A value over several lines; behind each `separator`, or anywhere where there is none. */
function folded(tag: string, value: string, separator = ''): string {
  const lines = ['']
  for (const piece of separator === ''
    ? (value.match(/.{1,72}/g) ?? [])
    : value.split(new RegExp(`(?<=${separator})`))) {
    if (`${lines.at(-1)}${piece}`.length > lineLength) lines.push('')
    lines[lines.length - 1] += piece
  }
  return ` ${tag}${lines.filter((line) => line !== '').join('\r\n ')}`
}
