/** Columns of a line of plain text; a terminal has 80, and quoting takes some of them. */
export const textColumns = 72

/** Text in lines of at most `textColumns` characters, but for words that are longer, such as links. */
export function wrapLines(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && Array.from(`${line} ${word}`).length > textColumns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
