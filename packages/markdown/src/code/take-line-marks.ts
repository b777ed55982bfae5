export type LineMark = 'add' | 'remove' | 'mark' | 'focus'

const names: Record<string, LineMark> = {'++': 'add', '--': 'remove', highlight: 'mark', hl: 'mark', focus: 'focus'}

const comment =
  /[ \t]*(?:\/\/|#|--|;|%|\/\*|<!--|\{\/\*)[ \t]*\[!code (\+\+|--|highlight|hl|focus)\][ \t]*(?:\*\/\}?|-->)?[ \t]*$/

/**
 * Takes the marks `// [!code ++]`, `--`, `highlight` and `focus` off the ends of lines, in the comments of most
 * languages. Lines are counted from 1. Where the language is `diff`, the first character of a line is its mark.
 */
export function takeLineMarks(code: string, language: string): {code: string; marks: Map<number, LineMark>} {
  const marks = new Map<number, LineMark>()
  if (language === 'diff') {
    code.split('\n').forEach((line, at) => {
      if (/^\+(?!\+\+ )/.test(line)) marks.set(at + 1, 'add')
      if (/^-(?!-- )/.test(line)) marks.set(at + 1, 'remove')
    })
  }
  if (!code.includes('[!code ')) return {code, marks}
  const lines = code.split('\n').map((line, at) => {
    // Only a line that holds a mark is searched: the search is not linear on long lines of blanks.
    const found = line.includes('[!code ') ? comment.exec(line) : null
    if (found === null) return line
    marks.set(at + 1, names[found[1]!]!)
    return line.slice(0, found.index)
  })
  return {code: lines.join('\n'), marks}
}
