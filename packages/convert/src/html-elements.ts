import type {Element, Nodes} from 'hast'

/** All elements of this name within a node, in the order of the document. */
export function elementsIn(node: Nodes, tagName: string): Element[] {
  if (!('children' in node)) return []
  return node.children.flatMap((child) =>
    child.type === 'element' ? [...(child.tagName === tagName ? [child] : []), ...elementsIn(child, tagName)] : [],
  )
}

export function classesOf({properties}: Element): string[] {
  const {className} = properties
  return Array.isArray(className) ? className.map(String) : []
}

/** The text of a node, with one space wherever it has white space. */
export function textIn(node: Nodes): string {
  const parts = (one: Nodes): string =>
    one.type === 'text' ? one.value : 'children' in one ? one.children.map(parts).join('') : ''
  return parts(node).replaceAll(/\s+/g, ' ').trim()
}

/** Substack's `data-attrs`: what an embed is made of, as JSON. */
export function attributesOf({properties}: Element): Record<string, unknown> | undefined {
  const given = properties['dataAttrs']
  if (typeof given !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(given)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
