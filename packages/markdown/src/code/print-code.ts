import {escapeAttribute, escapeText} from '../escape-html.ts'
import type {FenceInfo} from './parse-fence-info.ts'
import type {LineMark} from './take-line-marks.ts'
import type {CodeToken} from './code-token.ts'

type Looks = FenceInfo & {marks: ReadonlyMap<number, LineMark>; languageClass: string}

/** Coloured code as HTML with classes. A line has an element of its own only where it is numbered or marked. */
export function printCode(lines: CodeToken[][], looks: Looks): string {
  const {marked, marks, lineNumbers = false, languageClass} = looks
  const byLine = lineNumbers || marked.size > 0 || marks.size > 0
  const body = lines
    .map((tokens, at) => {
      const text = tokens.map(printToken).join('')
      if (!byLine) return text
      const mark = marks.get(at + 1) ?? (marked.has(at + 1) ? 'mark' : undefined)
      return `<span class="line${mark === undefined ? '' : ` line-${mark}`}">${text}</span>`
    })
    .join('\n')
  const classes = ['code', ...(lineNumbers ? ['code-numbered'] : []), ...(hasFocus(marks) ? ['code-focused'] : [])]
  // A box that scrolls must be reachable by keyboard.
  const box = `<pre class="${classes.join(' ')}" tabindex="0"><code${classAttribute(languageClass)}>${body}\n</code></pre>`
  return withTitle(box, looks.title)
}

/** The same code without colours, for feeds, mails and what is too large. */
export function printPlainCode(code: string, {languageClass, title}: {languageClass: string; title?: string}): string {
  return withTitle(`<pre><code${classAttribute(languageClass)}>${escapeText(code)}\n</code></pre>`, title)
}

function withTitle(box: string, title: string | undefined): string {
  if (title === undefined) return box
  return `<figure class="code-file"><figcaption>${escapeText(title)}</figcaption>${box}</figure>`
}

const classAttribute = (name: string) => (name === '' ? '' : ` class="language-${escapeAttribute(name)}"`)

const hasFocus = (marks: ReadonlyMap<number, LineMark>) => [...marks.values()].includes('focus')

const printToken = ({text, className}: CodeToken) =>
  className === '' ? escapeText(text) : `<span class="${className}">${escapeText(text)}</span>`
