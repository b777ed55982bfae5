import {crc32} from 'node:zlib'
import {textAt, viewOf, type Stripped} from './stripped.ts'

/** What the picture, its colours and its movement need (PNG, third edition, 11). */
const keptChunks = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD acTL fcTL fdAT'.split(' '),
)
const signatureLength = 8

/** A PNG without texts, times and Exif, and without whatever follows its end. `whole`: no chunk is missing or damaged. */
export function stripPng(bytes: Uint8Array): Stripped {
  const view = viewOf(bytes)
  const kept: Uint8Array[] = [bytes.subarray(0, signatureLength)]
  for (let at = signatureLength; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) break
    const type = textAt(bytes, at + 4, 4)
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) break
    if (keptChunks.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return {bytes: Buffer.concat(kept), whole: true}
    at = end
  }
  return {bytes: Buffer.concat(kept), whole: false}
}

/** Whether a PNG moves: it says so before its first picture data. */
export function isMovingPng(bytes: Uint8Array): boolean {
  const view = viewOf(bytes)
  for (let at = signatureLength; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = textAt(bytes, at + 4, 4)
    if (type === 'acTL' || type === 'IDAT') return type === 'acTL'
  }
  return false
}
