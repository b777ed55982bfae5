import {TextDecoder} from 'node:util'

/**
 * Decodes a text file in chunks: UTF-16 where a byte order mark says so, else UTF-8 with bad bytes as U+FFFD. The mark
 * is dropped and every line end becomes one LF, so that lines can be counted.
 */
export async function* decodeText(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined
  let head: Buffer = Buffer.alloc(0)
  let heldReturn = false
  const lines = (text: string): string => {
    // A CR at the end of a chunk may be half of a CRLF: it waits for the next one.
    const whole = heldReturn ? `\r${text}` : text
    heldReturn = whole.endsWith('\r')
    return (heldReturn ? whole.slice(0, -1) : whole).replace(/\r\n?/g, '\n')
  }
  for await (const chunk of input) {
    if (decoder !== undefined) {
      yield lines(decoder.decode(chunk, {stream: true}))
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < 2) continue
    decoder = new TextDecoder(encodingOf(head))
    yield lines(decoder.decode(head, {stream: true}))
  }
  const rest = decoder === undefined ? head.toString('utf8') : decoder.decode()
  yield lines(rest) + (heldReturn ? '\n' : '')
}

function encodingOf(head: Buffer): string {
  const mark = head.readUInt16BE(0)
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8'
}
