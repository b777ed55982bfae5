import type {CodeToken} from './code-token.ts'

const maxNesting = 100
const maxLineLength = 1_000
const anyBracket = /[()[\]{}<>]/g

/** Whether a line is so long that it stays plain. */
export const isLong = (line: string): boolean => line.length > maxLineLength

/** Code by lines without any colour. */
export const plainLines = (code: string): CodeToken[][] => code.split('\n').map(plain)

/** A line over 1,000 characters without its colours, any other as it is. */
export function plainIfLong(line: CodeToken[]): CodeToken[] {
  const length = line.reduce((sum, {text}) => sum + text.length, 0)
  return length > maxLineLength ? plain(line.map(({text}) => text).join('')) : line
}

/**
 * Whether a hundred brackets are open at once, which nobody writes. `brackets` are those of the language, what opens and
 * what closes by twos.
 */
export function nestsTooDeeply(code: string, brackets: string): boolean {
  let open = 0
  for (const {0: bracket} of code.matchAll(anyBracket)) {
    const at = brackets.indexOf(bracket)
    if (at < 0) continue
    open = at % 2 === 0 ? open + 1 : Math.max(open - 1, 0)
    if (open > maxNesting) return true
  }
  return false
}

function plain(text: string): CodeToken[] {
  return text === '' ? [] : [{text, className: ''}]
}
