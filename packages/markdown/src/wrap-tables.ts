import type {Element, Root} from 'hast'
import {SKIP, visit} from 'unist-util-visit'

/** Puts each table into a box of its own that scrolls, by keyboard too, so that a wide one does not widen the page. */
export function wrapTables(tree: Root): void {
  visit(tree, 'element', (node, index, parent) => {
    if (node.tagName !== 'table' || parent === undefined || index === undefined) return undefined
    const properties = {className: ['table'], tabIndex: 0, role: 'region'}
    const box: Element = {type: 'element', tagName: 'div', properties, children: [node]}
    if (node.position !== undefined) box.position = node.position
    parent.children[index] = box
    return SKIP
  })
}
