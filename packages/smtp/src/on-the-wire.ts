/**
 * A message as it is written after DATA, with its final dot: CRLF alone at line ends, each leading dot doubled
 * (RFC 5321 4.5.2). A bare CR or LF becomes a line end, since servers that take one for the end of a line could be made
 * to see a second message in it.
 */
export function onTheWire(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  // Searching a string costs a seventh of looking at each byte, and this is done for each mail.
  const given = bytes.toString('latin1')
  let text = hasBareLineEnd(given) ? given.replace(/\r\n?|\n/g, '\r\n') : given
  if (text.startsWith('.')) text = `.${text}`
  if (text.includes('\n.')) text = text.replaceAll('\n.', '\n..')
  const end = text.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n'
  return text === given ? Buffer.concat([bytes, Buffer.from(end)]) : Buffer.from(text + end, 'latin1')
}

function hasBareLineEnd(text: string): boolean {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] !== '\r') return true
  }
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text[at + 1] !== '\n') return true
  }
  return false
}
