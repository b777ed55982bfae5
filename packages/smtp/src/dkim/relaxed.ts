/** A header field as the relaxed form has it (RFC 6376 3.4.2): lower-case name, one line, single spaces. */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':')
  const name = field.slice(0, colon).trimEnd().toLowerCase()
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()
  return `${name}:${value}`
}

const [tab, lf, cr, space] = [9, 10, 13, 32]

/**
 * A body as the relaxed form has it (RFC 6376 3.4.4): single spaces, none at the end of a line, no empty last lines. In
 * one pass over the bytes, since this is done for each mail.
 */
export function relaxedBody(body: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(body.length + 2)
  let to = 0
  let hasGap = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!
    if (byte === space || byte === tab) {
      hasGap = true
      continue
    }
    if (hasGap && !(byte === cr && body[at + 1] === lf)) out[to++] = space
    hasGap = false
    out[to++] = byte
  }
  while (to >= 2 && out[to - 1] === lf && out[to - 2] === cr) to -= 2
  if (to === 0) return out.subarray(0, 0)
  out[to++] = cr
  out[to++] = lf
  return out.subarray(0, to)
}
