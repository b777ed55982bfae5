import type {Element, Root} from 'hast'
import {eachElement} from './each-element.ts'

/** Puts each table into a box of its own that scrolls, by keyboard too, so that a wide one does not widen the page. */
export function wrapTables(tree: Root): void {
  eachElement(tree, (node, index, parent) => {
    if (node.tagName !== 'table') return
    const properties = {className: ['table'], tabIndex: 0, role: 'region'}
    const box: Element = {type: 'element', tagName: 'div', properties, children: [node]}
    parent.children[index] = box
  })
}
