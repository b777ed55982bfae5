import {textAt, viewOf, type Stripped} from './stripped.ts'

type Box = {type: string; from: number; to: number}

/**
 * An AVIF in which Exif and XMP are zeros: offsets in it are counted from its beginning, so that nothing may move.
 * `whole`: no box reaches beyond the end.
 */
export function stripAvif(bytes: Uint8Array): Stripped {
  const copy = Buffer.from(bytes)
  const top = boxesIn(copy, 0, copy.length)
  const whole = (top.at(-1)?.to ?? 0) === copy.length
  const meta = top.find(({type}) => type === 'meta')
  if (meta === undefined) return {bytes: copy, whole}
  // `meta` is a full box: version and flags come first (ISO/IEC 14496-12, 8.11.1).
  const inside = boxesIn(copy, meta.from + 4, meta.to)
  const named = inside.find(({type}) => type === 'iinf')
  const placed = inside.find(({type}) => type === 'iloc')
  if (named === undefined || placed === undefined) return {bytes: copy, whole}
  const data = inside.find(({type}) => type === 'idat')?.from ?? 0
  const hidden = metadataItems(copy, named)
  for (const {item, inData, from, length} of extentsOf(copy, placed)) {
    if (!hidden.has(item)) continue
    const start = Math.min(from + (inData ? data : 0), copy.length)
    copy.fill(0, start, Math.min(start + length, copy.length))
  }
  return {bytes: copy, whole}
}

function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = []
  for (let at = from; at + 8 <= to;) {
    let size = bytes.readUInt32BE(at)
    let header = 8
    if (size === 1 && at + 16 <= to) {
      size = Number(bytes.readBigUInt64BE(at + 8))
      header = 16
    } else if (size === 0) size = to - at
    if (size < header || at + size > to) break
    boxes.push({type: textAt(bytes, at + 4, 4), from: at + header, to: at + size})
    at += size
  }
  return boxes
}

/** Ids of the items that are no picture: `infe` of version 2 has 16 bits for an id, version 3 has 32. */
function metadataItems(bytes: Buffer, {from, to}: Box): Set<number> {
  const count = bytes[from] === 0 ? 2 : 4
  const items = new Set<number>()
  for (const entry of boxesIn(bytes, from + 4 + count, to)) {
    const wide = bytes[entry.from] === 3
    const idAt = entry.from + 4
    const type = textAt(bytes, idAt + (wide ? 6 : 4), 4)
    if (type === 'Exif' || type === 'mime') items.add(wide ? bytes.readUInt32BE(idAt) : bytes.readUInt16BE(idAt))
  }
  return items
}

type Extent = {item: number; inData: boolean; from: number; length: number}

/** Where the bytes of each item are (ISO/IEC 14496-12, 8.11.3). */
function extentsOf(bytes: Buffer, {from}: Box): Extent[] {
  const view = viewOf(bytes)
  const version = bytes[from]!
  const sizes = view.getUint16(from + 4)
  const [offsetSize, lengthSize, baseSize, indexSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, sizes & 15]
  let at = from + 6
  const next = (size: number) => {
    let value = 0
    for (let n = 0; n < size; n += 1) value = value * 256 + (bytes[at + n] ?? 0)
    at += size
    return value
  }
  const extents: Extent[] = []
  const items = next(version < 2 ? 2 : 4)
  for (let n = 0; n < items && at < bytes.length; n += 1) {
    const item = next(version < 2 ? 2 : 4)
    const inData = version > 0 && (next(2) & 15) === 1
    at += 2
    const base = next(baseSize)
    const count = next(2)
    for (let one = 0; one < count && at < bytes.length; one += 1) {
      if (version > 0) at += indexSize
      const start = base + next(offsetSize)
      extents.push({item, inData, from: start, length: next(lengthSize)})
    }
  }
  return extents
}
