const cr = 13
const lf = 10
const dot = 46

/**
 * A message as it is written after DATA, with its final dot: CRLF alone at line ends, each leading dot doubled
 * (RFC 5321 4.5.2). A bare CR or LF becomes a line end, since servers that take one for the end of a line could be made
 * to see a second message in it.
 */
export function onTheWire(raw: Uint8Array): Buffer {
  const changes = countChanges(raw)
  const endsLine = raw.length >= 2 && raw[raw.length - 2] === cr && raw[raw.length - 1] === lf
  if (changes === 0) return Buffer.concat([raw, endsLine ? finalDot : finalLine])
  const wire = Buffer.allocUnsafe(raw.length + changes)
  let to = 0
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at]!
    if (byte === cr || byte === lf) {
      wire[to++] = cr
      wire[to++] = lf
      if (byte === cr && raw[at + 1] === lf) at++
      continue
    }
    if (byte === dot && (at === 0 || raw[at - 1] === lf || raw[at - 1] === cr)) wire[to++] = dot
    wire[to++] = byte
  }
  const ends = to >= 2 && wire[to - 1] === lf
  return Buffer.concat([wire.subarray(0, to), ends ? finalDot : finalLine])
}

const finalDot = Buffer.from('.\r\n')
const finalLine = Buffer.from('\r\n.\r\n')

/** Bytes to be added; most messages are in order, and are written as they are. */
function countChanges(raw: Uint8Array): number {
  let changes = raw[0] === dot ? 1 : 0
  for (let at = raw.indexOf(lf); at >= 0; at = raw.indexOf(lf, at + 1)) {
    if (raw[at - 1] !== cr) changes += 1
    if (raw[at + 1] === dot) changes += 1
  }
  for (let at = raw.indexOf(cr); at >= 0; at = raw.indexOf(cr, at + 1)) {
    if (raw[at + 1] === lf) continue
    changes += 1
    if (raw[at + 1] === dot) changes += 1
  }
  return changes
}
