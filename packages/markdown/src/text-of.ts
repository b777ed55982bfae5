import type {Element, Nodes} from 'hast'

/** Text a reader would read aloud: without the marks of footnotes and the links back to them. */
export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value
  if (!('children' in node) || (node.type === 'element' && isFootnoteMark(node))) return ''
  return node.children.map(textOf).join('')
}

/** Whether this is the number of a footnote in the text or the arrow that leads back to it. */
export function isFootnoteMark({properties}: Element): boolean {
  return 'dataFootnoteRef' in properties || 'dataFootnoteBackref' in properties
}
