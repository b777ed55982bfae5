/** A stretch of code of one class; an empty class is plain text. */
export type CodeToken = {text: string; className: string}

/** Ends a line with a token, put together with the one before it where both look the same, as blanks always do. */
export function appendToken(line: CodeToken[], text: string, className: string): void {
  const last = line.at(-1)
  const seen = /\S/.test(text) ? className : (last?.className ?? '')
  if (last?.className === seen) last.text += text
  else line.push({text, className: seen})
}
