import {textAt, viewOf, type Stripped} from './stripped.ts'

/** The chunks of a picture, its colours and its movement (RFC 9649, 2.7). */
const keptChunks = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const headerLength = 12
/** Of the flags of VP8X those that announce Exif and XMP. */
const metadataFlags = 0x08 | 0x04

/** A WebP without Exif, XMP and unknown chunks, and without whatever follows its end. */
export function stripWebp(bytes: Uint8Array): Stripped {
  const view = viewOf(bytes)
  const end = 8 + view.getUint32(4, true)
  const kept: Uint8Array[] = []
  let at = headerLength
  while (at + 8 <= Math.min(end, bytes.length)) {
    const size = view.getUint32(at + 4, true)
    const next = at + 8 + size + (size % 2)
    if (next > bytes.length) break
    const type = textAt(bytes, at, 4)
    if (keptChunks.has(type))
      kept.push(type === 'VP8X' ? withoutFlags(bytes.subarray(at, next)) : bytes.subarray(at, next))
    at = next
  }
  const body = Buffer.concat(kept)
  const header = Buffer.from(bytes.subarray(0, headerLength))
  header.writeUInt32LE(body.length + 4, 4)
  return {bytes: Buffer.concat([header, body]), whole: at === end && body.length > 0}
}

function withoutFlags(chunk: Uint8Array): Uint8Array {
  const copy = Buffer.from(chunk)
  copy[8] = copy[8]! & ~metadataFlags
  return copy
}
