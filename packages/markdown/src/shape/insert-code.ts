import type {Element, Parents} from 'hast'
import {highlightCode} from '../code/highlight-code.ts'
import type {Inserts} from '../inserts.ts'
import {onlyElement} from './build-figure.ts'

/** Puts coloured code in the place of a `pre` that holds nothing but the text of one `code`. */
export function insertCode(
  node: Element,
  index: number,
  parent: Parents,
  inserts: Inserts,
  {lineNumbers = false}: {lineNumbers?: boolean},
): void {
  const code = onlyElement(node)
  if (code?.tagName !== 'code' || !code.children.every((child) => child.type === 'text')) return
  const {dataInfo: meta} = code.properties
  const text = code.children.map((child) => (child.type === 'text' ? child.value : '')).join('')
  const block = {code: text, language: languageOf(code) ?? '', lineNumbers}
  const {web, plain} = highlightCode(typeof meta === 'string' ? {...block, meta} : block)
  parent.children[index] = inserts.add(web, plain)
}

/** The language a `code` names by its class. */
export function languageOf({properties}: Element): string | undefined {
  const classes = Array.isArray(properties.className) ? properties.className : []
  const named = classes.find((name): name is string => typeof name === 'string' && name.startsWith('language-'))
  return named?.slice('language-'.length)
}
