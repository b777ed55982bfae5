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

/** A body as the relaxed form has it (RFC 6376 3.4.4): single spaces, none at the end of a line, no empty last lines. */
export function relaxedBody(body: string): string {
  const text = body.replace(/[ \t]+(?=\r\n|$)/g, '').replace(/[ \t]+/g, ' ')
  let end = text.length
  while (end >= 2 && text.endsWith('\r\n', end)) end -= 2
  return end === 0 ? '' : `${text.slice(0, end)}\r\n`
}
