const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Bytes in base 32 (RFC 4648, section 6) in lower case and without padding: what survives any mail server. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}

/** The bytes of what `toBase32` gave, in either case; undefined for anything else. */
export function fromBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text.toLowerCase()) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return undefined
    held = ((held << 5) | value) & 0xffff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 255)
  }
  const decoded = Uint8Array.from(bytes)
  return toBase32(decoded) === text.toLowerCase() ? decoded : undefined
}
