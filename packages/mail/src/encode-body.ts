import {createHash} from 'node:crypto'
import {headerLine} from './header-line.ts'
import {splitAtMarks} from './personal-marks.ts'
import {quotedPrintable} from './quoted-printable.ts'

/** A body ready for the wire, in pieces; between piece n and n + 1 goes the personal part `parts[n]`. */
export type EncodedBody = {
  /** MIME-Version and Content-Type. */
  headers: string
  pieces: Buffer[]
  parts: {part: string; in: 'text' | 'html'}[]
}

/**
 * Encodes plain text and HTML as multipart/alternative. The same input gives the same bytes: the boundary comes from a
 * hash of the content, which therefore cannot hold it.
 */
export function encodeBody(text: string, html: string): EncodedBody {
  const boundary = `=_${createHash('sha256').update(text).update('\0').update(html).digest('hex').slice(0, 40)}`
  const body: EncodedBody = {
    headers:
      headerLine('MIME-Version', '1.0') + headerLine('Content-Type', `multipart/alternative; boundary="${boundary}"`),
    pieces: [],
    parts: [],
  }
  let open = ''
  for (const [kind, content] of [
    ['text', text],
    ['html', html],
  ] as const) {
    open += `--${boundary}\r\nContent-Type: text/${kind === 'text' ? 'plain' : 'html'}; charset=utf-8\r\n`
    open += 'Content-Transfer-Encoding: quoted-printable\r\n\r\n'
    for (const [at, piece] of splitAtMarks(content).entries()) {
      if (at % 2 === 0) {
        open += quotedPrintable(piece)
        continue
      }
      body.parts.push({part: piece, in: kind})
      body.pieces.push(Buffer.from(open, 'latin1'))
      open = ''
    }
    open += '\r\n'
  }
  body.pieces.push(Buffer.from(`${open}--${boundary}--\r\n`, 'latin1'))
  return body
}
