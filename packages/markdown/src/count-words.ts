/** Counts the words of texts that follow each other; one may begin in a text and end in the next. */
export type WordCounter = {
  add(text: string): void
  /** What comes next is not the same word. */
  end(): void
  total(): number
}

const other = 0
const joiner = 1
const letter = 2
const ideograph = 3
const surrogate = 4
const unknown = 255

// A class for each unit of the basic plane, asked of the regular expressions when it is first met: they took a sixth of
// all rendering.
const classes = new Uint8Array(0x1_0000).fill(unknown)

export function createWordCounter(): WordCounter {
  let total = 0
  // Whether the word under way has a letter or digit yet, and so is counted.
  let counted = false
  return {
    add(text) {
      let words = 0
      let inWord = counted
      for (let at = 0; at < text.length; at += 1) {
        const unit = text.charCodeAt(at)
        let kind = classes[unit]!
        if (kind === unknown) kind = learn(unit)
        if (kind === surrogate) {
          kind = classOf(String.fromCodePoint(text.codePointAt(at)!))
          at += 1
        }
        if (kind === letter) {
          if (!inWord) words += 1
          inWord = true
        } else if (kind !== joiner) {
          if (kind === ideograph) words += 1
          inWord = false
        }
      }
      total += words
      counted = inWord
    },
    end() {
      counted = false
    },
    total: () => total,
  }
}

function learn(unit: number): number {
  const found = unit >= 0xd800 && unit <= 0xdbff ? surrogate : classOf(String.fromCharCode(unit))
  classes[unit] = found
  return found
}

/** Scripts without spaces between words: each character counts as a word, as word processors do. */
function classOf(character: string): number {
  const counts = /[\p{L}\p{N}]/u.test(character)
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return counts ? ideograph : other
  if (counts) return letter
  return /[\p{M}'’_-]/u.test(character) ? joiner : other
}
