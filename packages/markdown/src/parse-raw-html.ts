import type {Element, Root, RootContent} from 'hast'
import rehypeRaw from 'rehype-raw'
import {unified} from 'unified'

const parser = unified().use(rehypeRaw).freeze()

/**
 * Parses the HTML that an author wrote into the tree that Markdown made. Parsing costs more than all the rest together,
 * so that only blocks with HTML in them are parsed, each by itself, as long as each leaves the parser as it found it:
 * between two paragraphs that come out as they went in. Where one does not (a `div` over several blocks, a `b` never
 * closed), the whole document is parsed. The HTML that comes of it is the same, but that code keeps a blank line at its
 * beginning, as in documents without HTML.
 */
export function parseRawHtml(tree: Root): Root {
  const children: RootContent[] = []
  let settled = false
  for (const child of tree.children) {
    if (!hasRaw(child)) children.push(child)
    else {
      // Until a first element tells it where it is, the parser takes rows and cells for what they say they are.
      const parsed = settled || child.type === 'element' ? parseAlone(child) : undefined
      if (parsed === undefined) return parser.runSync(tree)
      children.push(...parsed)
    }
    settled ||= child.type === 'element'
  }
  return {...tree, children}
}

// What is said of a form, or of the document as a whole, is remembered beyond the block it stands in.
const farReaching = /<\/?(?:form|template|html|head|body|frameset|plaintext)\b/i

const opensText = /<(?:iframe|noembed|noframes|noscript|script|style|textarea|title|xmp)\b/gi
const closesText = /<\/(?:iframe|noembed|noframes|noscript|script|style|textarea|title|xmp)\b/gi

/** Whether HTML may change how HTML after its block is read: what stands in a `textarea` is text until its end. */
function reachesFar(html: string): boolean {
  return farReaching.test(html) || (html.match(opensText)?.length ?? 0) !== (html.match(closesText)?.length ?? 0)
}

function parseAlone(block: RootContent): RootContent[] | undefined {
  if (rawIn(block).some(reachesFar)) return undefined
  const {children} = parser.runSync({type: 'root', children: [fence(), newLine(), block, newLine(), fence()]})
  const [before, first] = children
  const [last, after] = children.slice(-2)
  if (!isFence(before) || !isFence(after) || first?.type !== 'text' || last?.type !== 'text') return undefined
  if (!first.value.startsWith('\n') || !last.value.endsWith('\n')) return undefined
  first.value = first.value.slice(1)
  last.value = last.value.slice(0, -1)
  return children.slice(1, -1).filter((node) => node.type !== 'text' || node.value !== '')
}

const sign = 'a fence'
const newLine = () => ({type: 'text' as const, value: '\n'})

const fence = (): Element => ({
  type: 'element',
  tagName: 'p',
  properties: {},
  children: [{type: 'text', value: sign}],
})

function isFence(node: RootContent | undefined): boolean {
  if (node?.type !== 'element' || node.tagName !== 'p' || node.children.length !== 1) return false
  const [text] = node.children
  return text?.type === 'text' && text.value === sign
}

function hasRaw(node: RootContent): boolean {
  return node.type === 'raw' || ('children' in node && node.children.some(hasRaw))
}

function rawIn(node: RootContent): string[] {
  if (node.type === 'raw') return [node.value]
  return 'children' in node ? node.children.flatMap(rawIn) : []
}
