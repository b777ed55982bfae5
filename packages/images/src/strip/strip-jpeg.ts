import {textAt, viewOf, type Stripped} from './stripped.ts'

/** Tables, frames and scans (ITU-T T.81, table B.1), without the reserved ones. */
const keptMarkers = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xda, 0xdb, 0xdc, 0xdd,
])
const startOfScan = 0xda
const endOfImage = 0xd9

/**
 * A JPEG without its metadata and whatever follows its end: the picture, its colour profile, and what says how its
 * colours are stored. Nothing is encoded anew. What is not known is left out, previews and maker's notes above all,
 * which hold places too.
 */
export function stripJpeg(bytes: Uint8Array): Stripped {
  const view = viewOf(bytes)
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return {bytes: Buffer.concat(kept), whole: false}
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === endOfImage) break
    const end = at + 2 + view.getUint16(at + 2)
    if (end > bytes.length) return {bytes: Buffer.concat(kept), whole: false}
    if (isKept(marker, bytes, at)) kept.push(bytes.subarray(at, end))
    at = end
    if (marker !== startOfScan) continue
    at = endOfScan(bytes, end)
    kept.push(bytes.subarray(end, at))
  }
  const whole = bytes[at] === 0xff && bytes[at + 1] === endOfImage
  if (whole) kept.push(bytes.subarray(at, at + 2))
  return {bytes: Buffer.concat(kept), whole}
}

function isKept(marker: number, bytes: Uint8Array, at: number): boolean {
  if (keptMarkers.has(marker)) return true
  // JFIF without a preview, which would be two bytes of size and then pixels.
  if (marker === 0xe0) return textAt(bytes, at + 4, 5) === 'JFIF\0' && bytes[at + 16] === 0 && bytes[at + 17] === 0
  if (marker === 0xe2) return textAt(bytes, at + 4, 12) === 'ICC_PROFILE\0'
  return marker === 0xee && textAt(bytes, at + 4, 5) === 'Adobe'
}

/** The first marker after coded data, in which 0xff stands before a zero or a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= bytes.length) return bytes.length
    const next = bytes[at + 1]!
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at
    at += next === 0xff ? 1 : 2
  }
}
