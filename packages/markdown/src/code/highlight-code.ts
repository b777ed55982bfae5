import {LRUCache} from 'lru-cache'
import {parseFenceInfo} from './parse-fence-info.ts'
import {printCode, printPlainCode} from './print-code.ts'
import {takeLineMarks} from './take-line-marks.ts'
import {isKnownLanguage, tokenizeCode} from './tokenize-code.ts'
import type {CodeToken} from './code-token.ts'

/** A code block as its author wrote it; `language` and `meta` are the two parts of the info string. */
export type CodeBlock = {code: string; language: string; meta?: string; lineNumbers?: boolean}

export type HighlightedCode = {web: string; plain: string}

const maxHighlighted = 100_000

// What people publish twice in a process is mostly the same post with one sentence changed.
const cache = new LRUCache<string, HighlightedCode>({
  maxSize: 32_000_000,
  sizeCalculation: ({web, plain}, key) => web.length + plain.length + key.length,
})

/**
 * The HTML of a code block: coloured for the web, plain for elsewhere. A language that is unknown is text; over 100,000
 * characters nothing is coloured. Kept by its inputs, up to 32 million characters in a process.
 */
export function highlightCode(block: CodeBlock): HighlightedCode {
  const {code, language, meta = '', lineNumbers = false} = block
  // No document has a NUL in it.
  const key = `${language}\0${meta}\0${lineNumbers}\0${code}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = highlight(block)
  cache.set(key, made)
  return made
}

function highlight({code, language, meta, lineNumbers = false}: CodeBlock): HighlightedCode {
  const fence = parseFenceInfo(language, meta)
  const {code: clean, marks} = takeLineMarks(code.replace(/\n$/, ''), fence.language)
  const looks = {...fence, lineNumbers: fence.lineNumbers ?? lineNumbers, marks}
  const languageClass = language === '' ? '' : fence.language
  const plain = printPlainCode(clean, {...looks, languageClass})
  if (clean.length > maxHighlighted) return {web: plain.replace('<pre>', '<pre class="code" tabindex="0">'), plain}
  return {web: printCode(linesOf(clean, fence.language), {...looks, languageClass}), plain}
}

function linesOf(code: string, language: string): CodeToken[][] {
  if (isKnownLanguage(language)) return tokenizeCode(code, language)
  return code.split('\n').map((text) => (text === '' ? [] : [{text, className: ''}]))
}
