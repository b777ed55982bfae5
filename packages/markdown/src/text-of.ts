import type {Nodes} from 'hast'
import {isFootnoteMark} from './footnotes.ts'

/** Text a reader would read aloud: without the marks of footnotes and the links back to them. */
export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value
  if (!('children' in node) || (node.type === 'element' && isFootnoteMark(node))) return ''
  let text = ''
  for (const child of node.children) text += textOf(child)
  return text
}
