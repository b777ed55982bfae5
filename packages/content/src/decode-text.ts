import {isUtf8} from 'node:buffer'
import type {Report} from './report.ts'

const lineFeed = 0x0a

/**
 * Text of a file as an author sees it: without a byte order mark, with `\n` line ends.
 * Tells the report and gives undefined when the bytes are not text that can be published.
 */
export function decodeText(bytes: Uint8Array, report: Report, maxBytes: number): string | undefined {
  if (bytes.length > maxBytes) {
    const cure = 'Split the text, or move data and images into files of their own.'
    report.error('file.too-large', `The file has ${bytes.length} bytes; at most ${maxBytes} are read.`, {cure})
    return undefined
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    report.error('file.encoding', 'The file is UTF-16.', {at: {line: 1}, cure: 'Save it as UTF-8.'})
    return undefined
  }
  if (!isUtf8(bytes)) {
    report.error('file.encoding', 'The file is not UTF-8.', {at: placeOfBadByte(bytes), cure: 'Save it as UTF-8.'})
    return undefined
  }
  // TextDecoder drops the byte order mark that some editors put first.
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n')
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const cure = 'Remove the character; the file may be binary, or damaged.'
    report.error('file.nul', 'The file holds a NUL character.', {at: placeOfOffset(text, nul), cure})
    return undefined
  }
  return text
}

/** Line and column, from 1, of a character offset in a text with `\n` line ends. */
export function placeOfOffset(text: string, offset: number): {line: number; column: number} {
  let line = 1
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1
    start = end + 1
  }
  return {line, column: offset - start + 1}
}

/** A line feed never stands inside a character of UTF-8, so each line can be judged alone. */
function placeOfBadByte(bytes: Uint8Array): {line: number; column?: number} {
  let line = 1
  for (let start = 0; start <= bytes.length; line += 1) {
    const found = bytes.indexOf(lineFeed, start)
    const end = found < 0 ? bytes.length : found
    const slice = bytes.subarray(start, end)
    if (!isUtf8(slice)) return {line, column: new TextDecoder().decode(slice).indexOf('\uFFFD') + 1}
    start = end + 1
  }
  return {line: 1}
}
