import {
  defaultTreeAdapter as tree,
  parseFragment,
  serialize,
  serializeOuter,
  type DefaultTreeAdapterTypes as Dom,
} from 'parse5'
import {mathText} from './math-text.ts'
import {elementStyle} from './mail-styles.ts'
import type {MailWords} from './mail-words.ts'
import {withoutMarks} from './personal-marks.ts'

type LinkFor = (url: string) => string

/** Left out with all they hold: no mail program runs or shows them, and some filters count them as hostile. */
const dropped = new Set(
  'script style head title meta link base template noscript object embed applet form button select textarea svg canvas'.split(
    ' ',
  ),
)
const attributes = new Set(
  'href src alt title width height colspan rowspan align start reversed lang dir style cite datetime open tabindex'.split(
    ' ',
  ),
)

/**
 * Makes a post's HTML fit for mail. `plain` keeps only elements and attributes that mail programs show, with absolute
 * links; `styled` is the same with inline styles. The fragment is expected to be sanitised; whatever could run, submit
 * or load late is taken out here all the same. What would make `styled` longer than `maxBytes` is left out from its end,
 * by whole paragraphs, and `isCut` says so. Links of `styled` lead where `linkFor` says.
 */
export function adaptFragment(
  html: string,
  postUrl: string,
  words: MailWords,
  maxBytes = Infinity,
  linkFor: LinkFor = (url) => url,
): {plain: string; styled: string; isCut: boolean} {
  const root = parseFragment(html)
  adaptChildren(root, postUrl, words)
  const plain = serialize(root)
  styleChildren(root, linkFor)
  const whole = {plain, styled: serialize(root), isCut: false}
  if (Buffer.byteLength(whole.styled) <= maxBytes) return whole
  let bytes = 0
  const fitting = root.childNodes.findIndex((node) => {
    bytes += Buffer.byteLength(serializeOuter(node))
    return bytes > maxBytes
  })
  const inPlain = parseFragment(plain)
  for (const one of [root, inPlain]) one.childNodes.splice(fitting)
  return {plain: serialize(inPlain), styled: serialize(root), isCut: true}
}

function adaptChildren(parent: Dom.ParentNode, postUrl: string, words: MailWords): void {
  for (const node of parent.childNodes.slice()) {
    if (tree.isTextNode(node)) {
      // After parsing, as a mark may come as a character reference too.
      node.value = withoutMarks(node.value)
      continue
    }
    const stand = tree.isElementNode(node) ? standIn(node, postUrl, words) : 'drop'
    if (stand === 'drop') tree.detachNode(node)
    else if (stand !== 'keep') {
      tree.insertBefore(parent, stand, node)
      tree.detachNode(node)
    } else if (tree.isElementNode(node)) {
      node.attrs = node.attrs.flatMap(({name, value}) => adaptAttribute(name, withoutMarks(value), postUrl))
      adaptChildren(node, postUrl, words)
    }
  }
}

/** What stands for an element in a mail: itself, nothing, or something simpler. */
function standIn(node: Dom.Element, postUrl: string, words: MailWords): 'keep' | 'drop' | Dom.ChildNode {
  const has = (name: string) => node.attrs.some((attribute) => attribute.name === name)
  const value = (name: string) => node.attrs.find((attribute) => attribute.name === name)?.value ?? ''
  if (dropped.has(node.tagName)) return 'drop'
  if (node.tagName === 'math') return text(withoutMarks(mathText(node)))
  // Set apart as a quotation is, since its colours are classes of the page.
  if (/(?:^| )alert(?: |$)/.test(value('class'))) node.tagName = 'blockquote'
  // Links within a mail work in few programs: a footnote's number stays and its way back goes.
  if (has('data-footnote-backref')) return 'drop'
  if (has('data-footnote-ref')) return text(withoutMarks(`[${textOf(node)}]`))
  if (node.tagName === 'input') return value('type') === 'checkbox' ? text(has('checked') ? '☑' : '☐') : 'drop'
  // Without a picture to show, its words are better than a broken frame.
  if (node.tagName === 'img' && linkOf(value('src'), postUrl) === undefined) return text(withoutMarks(value('alt')))
  if (/^(iframe|video|audio)$/.test(node.tagName)) {
    const href = linkOf(value('src') || sourceOf(node), postUrl)
    return href === undefined ? 'drop' : link(href)
  }
  // A wide table scrolls by itself, so that the mail does not.
  if (node.tagName === 'div' && value('class') === 'table') node.attrs.push({name: 'style', value: 'overflow-x:auto'})
  if (value('id').endsWith('footnote-label')) node.childNodes = [text(words.footnotes, node)]
  return 'keep'
}

function adaptAttribute(name: string, value: string, postUrl: string): {name: string; value: string}[] {
  if (!attributes.has(name)) return []
  if (name === 'style') return /url\s*\(|expression|position\s*:|@|\\/i.test(value) ? [] : [{name, value}]
  if (name !== 'href' && name !== 'src' && name !== 'cite') return [{name, value}]
  const url = linkOf(value, postUrl)
  return url === undefined ? [] : [{name, value: url}]
}

/** An address that a mail may hold, made absolute. One that is absolute stays as it was written. */
function linkOf(value: string, postUrl: string): string | undefined {
  const url = value === '' ? null : URL.parse(value, postUrl)
  if (url === null || !/^(https?|mailto|tel):$/.test(url.protocol)) return undefined
  return /^(https?:\/\/|mailto:|tel:)[\x21-\x7e]+$/i.test(value) ? value : url.href
}

function sourceOf(node: Dom.Element): string {
  for (const child of node.childNodes) {
    const src = tree.isElementNode(child) ? child.attrs.find(({name}) => name === 'src') : undefined
    if (src !== undefined) return src.value
  }
  return ''
}

function styleChildren(parent: Dom.ParentNode, linkFor: LinkFor): void {
  for (const node of parent.childNodes) {
    if (!tree.isElementNode(node)) continue
    const href = node.tagName === 'a' ? node.attrs.find(({name}) => name === 'href') : undefined
    if (href !== undefined && /^https?:/i.test(href.value)) href.value = linkFor(href.value)
    const own = node.attrs.find(({name}) => name === 'style')
    const align = node.attrs.find(({name}) => name === 'align')?.value
    const inPre = 'tagName' in parent && parent.tagName === 'pre'
    const style = [
      elementStyle(node.tagName, inPre),
      align === undefined ? '' : `text-align:${align}`,
      own?.value ?? '',
    ]
    const joined = style
      .filter((part) => part !== '')
      .join(';')
      .replaceAll(';;', ';')
    if (own !== undefined) own.value = joined
    else if (joined !== '') node.attrs.push({name: 'style', value: joined})
    styleChildren(node, linkFor)
  }
}

function text(value: string, parent: Dom.ParentNode | null = null): Dom.TextNode {
  return {nodeName: '#text', value, parentNode: parent}
}

function link(href: string): Dom.ChildNode {
  const [node] = parseFragment('<a></a>').childNodes as [Dom.Element]
  node.attrs = [{name: 'href', value: href}]
  node.childNodes = [text(href, node)]
  return node
}

function textOf(node: Dom.ParentNode): string {
  return node.childNodes
    .map((child) => (tree.isTextNode(child) ? child.value : 'childNodes' in child ? textOf(child) : ''))
    .join('')
}
