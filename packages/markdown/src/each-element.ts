import type {Element, Parents} from 'hast'

/**
 * Calls back for each element below a node, in the order of the document. What is put around or into an element during
 * its call is visited too, save the element itself. Three times as fast as the general `unist-util-visit`, which was
 * a third of all rendering.
 */
export function eachElement(parent: Parents, call: (element: Element, index: number, parent: Parents) => void): void {
  for (let index = 0; index < parent.children.length; index += 1) {
    const node = parent.children[index]
    if (node?.type !== 'element') continue
    call(node, index, parent)
    eachElement(node, call)
  }
}
