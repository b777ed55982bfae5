import type {Element, Parents} from 'hast'
import type {FragmentImage} from './fragment.ts'
import {printTree} from './print-tree.ts'

type Loading = [name: string, value: string][]

/**
 * Takes out of an image how it is loaded, and says how it is: what its author wrote, else the first of a page at once and
 * before others, and those below it when they are near.
 */
export function takeLoading({properties}: Element, isFirst: boolean): Loading {
  const own = {loading: properties['loading'], decoding: properties['decoding']}
  delete properties['loading']
  delete properties['decoding']
  const said: Loading = []
  if (own.loading === 'lazy' || own.loading === 'eager') said.push(['loading', own.loading])
  else if (!isFirst) said.push(['loading', 'lazy'])
  if (own.decoding === 'sync' || own.decoding === 'async') said.push(['decoding', own.decoding])
  else if (!isFirst) said.push(['decoding', 'async'])
  if (isFirst && own.loading !== 'lazy') said.push(['fetchpriority', 'high'])
  return said
}

/** The part that stands for an image whose `src` is the reference `ref`. */
export function toImage(node: Element, ref: number, loading: Loading, parent: Parents): FragmentImage {
  const {src: _src, width, height, ...others} = node.properties
  const alone = printTree({type: 'root', children: [{...node, properties: others}]})
  const given = (name: string, value: typeof width) => (isLength(value) ? {[name]: String(value)} : {})
  return {
    ref,
    attributes: alone.slice('<img'.length, -'>'.length),
    ...given('width', width),
    ...given('height', height),
    web: loading.map(([name, value]) => ` ${name}="${value}"`).join(''),
    ...(parent.type === 'element' && parent.tagName === 'picture' ? {chosen: true as const} : {}),
  }
}

/** Pixels, or the share of a column that many a README has. */
function isLength(value: unknown): value is string | number {
  return /^\d{1,5}%?$/.test(String(value))
}
