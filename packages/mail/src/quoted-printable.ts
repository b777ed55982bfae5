import {encode, wrap} from 'nodemailer/lib/qp'

/** Text as quoted-printable (RFC 2045 6.7): UTF-8, CRLF, lines of 76 characters at most, also with `softBreak` after. */
export function quotedPrintable(text: string): string {
  return wrap(encode(Buffer.from(text.replace(/\r\n?|\n/g, '\r\n'))), 75)
}

/** Between two pieces that were encoded apart: a line end that is not in the text. */
const softBreak = '=\r\n'

/** A printable ASCII string without spaces as quoted-printable, with a soft break on either side. */
export function quotedPrintableInsert(ascii: string): string {
  const encoded = ascii.replaceAll('=', '=3D')
  let lines = softBreak
  for (let at = 0; at < encoded.length;) {
    // An escape is three characters and stays on one line.
    const escape = encoded.slice(at, at + 75).lastIndexOf('=')
    const end = escape > 72 ? at + escape : at + 75
    lines += encoded.slice(at, end) + softBreak
    at = end
  }
  return lines
}
