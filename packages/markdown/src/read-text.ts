import type {Element, Nodes, Root} from 'hast'
import {isFootnoteLabel, isFootnoteMark} from './footnotes.ts'
import {countWords} from './count-words.ts'
import {textOf} from './text-of.ts'

const maxExcerpt = 280

const inline = new Set(
  'a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u'.split(' '),
)

/** The plain text of the first paragraph that has any, and the number of words in all of a sanitised tree. */
export function readText(tree: Root): {excerpt: string; words: number} {
  const paragraph = firstParagraph(tree)
  const excerpt = paragraph === undefined ? '' : cut(spaced(textOf(paragraph)))
  return {excerpt, words: countWords(allText(tree))}
}

/** A word may go on from one element to the next, though not out of a block. */
function allText(node: Nodes): string {
  if (node.type === 'text') return node.value
  if (!('children' in node)) return ''
  if (node.type === 'element' && (isFootnoteMark(node) || isFootnoteLabel(node))) return ''
  let text = ''
  for (const child of node.children) text += allText(child)
  return node.type === 'element' && !inline.has(node.tagName) ? `${text}\n` : text
}

/** A paragraph of the body itself comes before one in a quote or list, and footnotes are never an excerpt. */
function firstParagraph(tree: Root): Element | undefined {
  const own = tree.children.find((node): node is Element => node.type === 'element' && isParagraph(node))
  return own ?? tree.children.map(paragraphIn).find((found) => found !== undefined)
}

function paragraphIn(node: Nodes): Element | undefined {
  if (node.type !== 'element' || 'dataFootnotes' in node.properties) return undefined
  if (isParagraph(node)) return node
  for (const child of node.children) {
    const found = paragraphIn(child)
    if (found !== undefined) return found
  }
  return undefined
}

function isParagraph(node: Element): boolean {
  const {className} = node.properties
  const isTitle = Array.isArray(className) && className.includes('alert-title')
  return node.tagName === 'p' && !isTitle && spaced(textOf(node)) !== ''
}

const spaced = (text: string) => text.replace(/\s+/g, ' ').trim()

function cut(text: string): string {
  if (text.length <= maxExcerpt) return text
  const room = text.slice(0, maxExcerpt - 1)
  const end = text[maxExcerpt - 1] === ' ' ? room.length : room.lastIndexOf(' ')
  // Text without spaces is cut where the room ends, though never through a character.
  const head = end > 0 ? room.slice(0, end) : room.replace(/[\uD800-\uDBFF]$/, '')
  return `${head.replace(/[\s,;:–—-]+$/, '')}…`
}
