import {hash} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'
import {cutParts, markRefs} from './cut-refs.ts'
import {finishTree} from './shape/finish-tree.ts'
import {findUnsafe} from './find-unsafe.ts'
import {pipelineVersion} from './fragment-key.ts'
import type {Fragment, RenderOptions} from './fragment.ts'
import {createInserts} from './inserts.ts'
import {lostLinks} from './lost-links.ts'
import {markdownWords} from './markdown-words.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {printTree} from './print-tree.ts'
import {readText} from './read-text.ts'
import {sanitizeTree} from './sanitize-tree.ts'
import {settleIds} from './settle-ids.ts'
import {shapeTree} from './shape/shape-tree.ts'
import {smartenText, smartenTree} from './shape/smarten.ts'
import {toHtmlTree} from './to-html-tree.ts'

/**
 * Renders the body of a post or page. Pure and synchronous. There are documents that take very long: those of people
 * not known belong into a `RenderPool`. Throws `markdown.too-deep` (invalid) when the nesting exceeds the stack.
 */
export function renderFragment(source: string, options: RenderOptions): Fragment {
  try {
    return render(cleanText(source), options)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new BroadsideError('invalid', 'markdown.too-deep', `${options.file} is nested too deeply to be rendered`, {
      cause,
      hint: 'Look for a line with very many brackets, quotes or list marks and make it shorter.',
      details: {file: options.file},
    })
  }
}

function render(source: string, {file, bodyLine = 1, markdown = {}, parser}: RenderOptions): Fragment {
  const words = markdownWords(markdown.language, markdown.words)
  const unsafe = toHtmlTree(parseMarkdown(source, parser, {math: markdown.math ?? false}), words)
  shapeTree(unsafe, words)
  const diagnostics = findUnsafe(unsafe, {file, bodyLine})
  const tree = sanitizeTree(unsafe)
  const settled = settleIds(tree)
  let {headings} = settled
  diagnostics.push(...lostLinks(settled, file, bodyLine))
  if (markdown.smartPunctuation === true) {
    const {language = 'en'} = markdown
    smartenTree(tree, language)
    headings = headings.map((heading) => ({...heading, text: smartenText(heading.text, language)}))
  }
  const text = readText(tree)
  // No document can contain its own hash, so what looks like a mark in the HTML is one.
  const mark = hash('sha256', source)
  const inserts = createInserts(mark)
  const finish = {words, inserts, markdown, file, bodyLine}
  diagnostics.push(...finishTree(tree, finish))
  const refs = markRefs(tree, mark, bodyLine, inserts)
  const parts = cutParts(printTree(tree), mark, inserts)
  const ids = settled.ids.length === 0 ? {} : {ids: settled.ids}
  return {version: pipelineVersion, parts, refs, headings, ...ids, ...text, diagnostics}
}

/**
 * Lone surrogates have no UTF-8, a byte order mark is no text, NUL stands for the unknown (CommonMark 2.3), and where a
 * line ends is not said in three ways: the parsers would differ over each.
 */
function cleanText(source: string): string {
  return source
    .toWellFormed()
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .replace(/\r\n?/g, '\n')
}
