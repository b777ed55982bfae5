const other = 0
const joiner = 1
const letter = 2
const ideograph = 3
const surrogate = 4
const unknown = 255

// A class for each unit of the basic plane, asked of the regular expressions when it is first met: they took a sixth of
// all rendering.
const classes = new Uint8Array(0x1_0000).fill(unknown)

/**
 * How many words a text has. In scripts without spaces between words each character counts as one, as word processors
 * do it.
 */
export function countWords(text: string): number {
  // What a parser cuts out of its source are views of it, and asking those for one unit at a time took a tenth of all
  // rendering.
  const bytes = Buffer.from(text, 'utf16le')
  const units = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
  let words = 0
  // Whether the word under way has a letter or digit yet, and so is counted.
  let counted = false
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at]!
    let kind = classes[unit]!
    if (kind === unknown) kind = learn(unit)
    if (kind === surrogate) {
      kind = classOf(String.fromCharCode(unit, units[at + 1] ?? 0))
      at += 1
    }
    if (kind === letter) {
      if (!counted) words += 1
      counted = true
    } else if (kind !== joiner) {
      if (kind === ideograph) words += 1
      counted = false
    }
  }
  return words
}

function learn(unit: number): number {
  const found = unit >= 0xd800 && unit <= 0xdbff ? surrogate : classOf(String.fromCharCode(unit))
  classes[unit] = found
  return found
}

function classOf(character: string): number {
  const counts = /[\p{L}\p{N}]/u.test(character)
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return counts ? ideograph : other
  if (counts) return letter
  return /[\p{M}'’_-]/u.test(character) ? joiner : other
}
