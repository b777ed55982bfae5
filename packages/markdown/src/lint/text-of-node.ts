import type {Nodes} from 'mdast'

/** The text that a node of Markdown shows, as one line of at most 60 characters. */
export function textOf(node: Nodes): string {
  const text = gather(node).replaceAll(/\s+/g, ' ').trim()
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function gather(node: Nodes): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(gather).join('') : ''
}
