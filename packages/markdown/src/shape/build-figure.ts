import type {Element, ElementContent, Parents} from 'hast'

/**
 * Turns a paragraph that is one image with a title, or a link around one, into a figure whose caption is the title:
 * `![alt](src "caption")`.
 */
export function buildFigure(node: Element, index: number, parent: Parents): void {
  const only = onlyElement(node)
  const image = only?.tagName === 'a' ? onlyElement(only) : only
  if (only === undefined || image?.tagName !== 'img') return
  const {title} = image.properties
  if (typeof title !== 'string' || title.trim() === '') return
  delete image.properties.title
  const caption: Element = {
    type: 'element',
    tagName: 'figcaption',
    properties: {},
    children: [{type: 'text', value: title.trim()}],
  }
  parent.children[index] = {type: 'element', tagName: 'figure', properties: {}, children: [only, caption]}
}

/** The one element inside another, if there is nothing beside it but white space. */
export function onlyElement({children}: {children: ElementContent[]}): Element | undefined {
  const left = children.filter((child) => child.type !== 'text' || child.value.trim() !== '')
  return left.length === 1 && left[0]?.type === 'element' ? left[0] : undefined
}
