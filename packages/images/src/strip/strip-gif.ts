import {textAt, type Stripped} from './stripped.ts'

const headerLength = 13
const image = 0x2c
const extension = 0x21
const trailer = 0x3b
const comment = 0xfe
const application = 0xff

/** How often the pictures are repeated, by two names, and the colour profile. */
const keptApplications = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012'])

/**
 * A GIF without comments, XMP and whatever else programs write into it, and without what follows its end: the pictures,
 * how long each is shown, and their colours (GIF89a, 18 to 27). `whole`: it ends where a block ends, since many lack the
 * mark of their end and are shown all the same.
 */
export function stripGif(bytes: Uint8Array): Stripped {
  let at = headerLength + colourTable(bytes[10] ?? 0)
  const kept: Uint8Array[] = [bytes.subarray(0, at)]
  let pictures = 0
  while (at < bytes.length && bytes[at] !== trailer) {
    const end = endOfBlock(bytes, at)
    if (end === undefined || end > bytes.length) {
      // What there is of a picture is shown.
      if (bytes[at] === image) kept.push(bytes.subarray(at))
      return {bytes: Buffer.concat(kept), whole: false}
    }
    if (bytes[at] === image) pictures += 1
    if (isKept(bytes, at)) kept.push(bytes.subarray(at, end))
    at = end
  }
  kept.push(Uint8Array.of(trailer))
  return {bytes: Buffer.concat(kept), whole: pictures > 0}
}

function isKept(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== extension || (bytes[at + 1] !== comment && bytes[at + 1] !== application)) return true
  return bytes[at + 1] === application && keptApplications.has(textAt(bytes, at + 3, 11))
}

/** Where the block that begins at `at` is over; undefined for one of no kind. */
function endOfBlock(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] === extension) return endOfData(bytes, at + 2)
  // Place and size, a table of colours, and how wide the first codes are.
  if (bytes[at] === image) return endOfData(bytes, at + 10 + colourTable(bytes[at + 9] ?? 0) + 1)
  return undefined
}

/** Data comes in pieces with their length before them, the last of which is empty. */
function endOfData(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!
  return at + 1
}

/** Three bytes for each of the colours that these flags announce. */
function colourTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}
