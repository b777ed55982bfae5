import type {Element, Root} from 'hast'
import {eachElement} from './each-element.ts'
import type {FragmentPart, Ref} from './fragment.ts'
import type {Inserts} from './inserts.ts'
import {takeLoading, toImage} from './image-parts.ts'

const kinds: [attribute: Ref['attribute'], kind: Ref['kind']][] = [
  ['href', 'link'],
  ['cite', 'link'],
  ['src', 'image'],
  ['poster', 'image'],
]

/**
 * Takes the relative addresses out of a tree and writes marks in their place, which `cutParts` finds again in the HTML.
 * Images of the site become parts of their own, and what is aligned has a class on the web in place of an attribute that
 * HTML no longer has. `mark` must be a string that cannot stand in the document.
 */
export function markRefs(tree: Root, mark: string, bodyLine: number, inserts: Inserts): Ref[] {
  const refs: Ref[] = []
  let images = 0
  eachElement(tree, (node, index, parent) => {
    const before = refs.length
    for (const [attribute, kind] of kinds) {
      const url = node.properties[attribute]
      if (typeof url !== 'string' || !isRelative(url)) continue
      const {line = 1, column = 1} = node.position?.start ?? {}
      node.properties[attribute] = `${mark}:${refs.length}`
      refs.push({kind, attribute, url, line: line + bodyLine - 1, column})
    }
    if ('align' in node.properties) markAligned(node, mark)
    if (node.tagName !== 'img') return
    images += 1
    const loading = takeLoading(node, images === 1)
    if (refs.length > before) parent.children[index] = inserts.addImage(toImage(node, before, loading, parent))
    else for (const [name, value] of loading) node.properties[name] = `${mark}:${value}`
  })
  return refs
}

/** Cuts HTML at the marks of `markRefs` and of the inserts. */
export function cutParts(html: string, mark: string, inserts: Inserts): FragmentPart[] {
  const parts: FragmentPart[] = []
  const add = (part: FragmentPart) => {
    if (part === '') return
    const last = parts.at(-1)
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  let from = 0
  for (let at = html.indexOf(mark); at >= 0; at = html.indexOf(mark, from)) {
    const isInsert = html[at + mark.length] === '+'
    const end = html.indexOf(isInsert ? ';' : '"', at)
    const value = html.slice(at + mark.length + 1, end)
    // An attribute goes as a whole, with the blank before its name.
    const start = isInsert ? at : html.lastIndexOf(' ', at)
    add(html.slice(from, start))
    if (isInsert) add(inserts.partAt(Number(value)))
    else if (/^\d/.test(value)) add({ref: Number(value)})
    else if (value in alignments) add({web: ` class="${alignments[value]}"`, plain: ` align="${value}"`})
    else add({web: `${html.slice(start, at)}${value}"`})
    from = end + 1
  }
  add(html.slice(from))
  return parts
}

const alignments: Record<string, string> = {left: 'align-left', center: 'align-center', right: 'align-right'}

/** Mail programs and feed readers know the old attribute, and hardly any of them a class. */
function markAligned({tagName, properties}: Element, mark: string): void {
  const value = String(properties['align']).toLowerCase()
  delete properties['align']
  const className = alignments[value]
  if (className === undefined) return
  if (Array.isArray(properties.className)) properties.className.push(className)
  else if (tagName === 'img') properties.className = [className]
  else properties['align'] = `${mark}:${value}`
}

/**
 * Neither a scheme nor a host, nor a mere `#part`. Browsers take `\` for `/`, and pass over tabs, line breaks and what
 * control characters and spaces come first (WHATWG URL, basic URL parser): so does this.
 */
function isRelative(url: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the specification names control characters
  const seen = url.replace(/^[\u0000-\u0020]+|[\t\n\r]+/g, '')
  return !/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2}|#|$)/i.test(seen)
}
