import type {Element} from 'hast'
import {escapeAttribute} from '../escape-html.ts'
import type {Inserts} from '../inserts.ts'
import type {MarkdownWords} from '../markdown-words.ts'
import {textOf} from '../text-of.ts'

/** Ends a heading in a link to itself, for readers who want to pass it on. On the web alone. */
export function linkHeading(node: Element, words: MarkdownWords, inserts: Inserts): void {
  const {id} = node.properties
  if (typeof id !== 'string' || node.children.length === 0) return
  const text = textOf(node).replace(/\s+/g, ' ').trim()
  const label = escapeAttribute(words.headingLink.replace('{heading}', () => text))
  const href = escapeAttribute(encodeURIComponent(id))
  node.children.push(inserts.add(` <a class="anchor" href="#${href}" aria-label="${label}">#</a>`, ''))
}
