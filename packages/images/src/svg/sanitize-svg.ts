import {parseXml, XmlElement, XmlText, type XmlNode} from '@rgrove/parse-xml'
import {checkWeight} from './check-weight.ts'
import {printXml, type SvgElement} from './print-xml.ts'
import {isSafeCss} from './safe-css.ts'
import {svgAttributes, svgDrawing, svgElements, svgNotes, svgWrappers} from './svg-lists.ts'

export type SafeSvg = {
  svg: string
  /** Attributes of the outermost element that survived. */
  root: Readonly<Record<string, string>>
  /** What was taken out that could have acted or led elsewhere, each once, sorted. */
  removed: string[]
}

/**
 * A drawing rebuilt from an allow-list: what cannot run, link, fetch or embed a page. Comments, document types and
 * processing instructions are not part of it; entities of its own are not unfolded. Sanitising twice gives the same.
 *
 * @throws Error saying why, when it is no well-formed XML, no SVG, or unfolds to too much.
 */
export function sanitizeSvg(source: string): SafeSvg {
  const {root} = parseXml(source)
  if (root === null || root.name !== 'svg') throw new Error('its outermost element is not svg')
  const removed = new Set<string>()
  const safe = sanitizeElement(root, removed)
  checkWeight(safe)
  const attributes = {xmlns: 'http://www.w3.org/2000/svg', ...safe.attributes}
  return {svg: `${printXml({...safe, attributes})}\n`, root: safe.attributes, removed: [...removed].toSorted()}
}

function sanitizeElement({name, attributes, children}: XmlElement, removed: Set<string>): SvgElement {
  const safe: SvgElement = {name, attributes: {}, children: []}
  for (const [attribute, value] of Object.entries(attributes)) {
    const as = attribute === 'xlink:href' ? 'href' : attribute
    if (isSafeAttribute(name, as, value)) safe.attributes[as] ??= value
    else if (/^on|href$|^style$|^src$/i.test(attribute) || /javascript:|url\(/i.test(value)) removed.add(attribute)
  }
  safe.children =
    name === 'style' ? styleOf(children, removed) : children.flatMap((child) => sanitizeNode(child, removed))
  return safe
}

function sanitizeNode(node: XmlNode, removed: Set<string>): SvgElement['children'] {
  if (node instanceof XmlText) return [node.text]
  if (!(node instanceof XmlElement)) return []
  const {name} = node
  if (svgWrappers.has(name)) return node.children.flatMap((child) => sanitizeNode(child, removed))
  const isSafe =
    svgElements.has(name) && !(animations.has(name) && !svgDrawing.has(node.attributes['attributeName'] ?? ''))
  if (isSafe) return [sanitizeElement(node, removed)]
  // Names with a colon are the notes of drawing programs.
  if (!svgNotes.has(name) && !name.includes(':')) removed.add(`<${name}>`)
  return []
}

const animations = new Set(['animate', 'animateTransform', 'set'])

/** A style sheet is taken whole or not at all. */
function styleOf(children: readonly XmlNode[], removed: Set<string>): string[] {
  const css = children.map((child) => (child instanceof XmlText ? child.text : '')).join('')
  if (isSafeCss(css)) return [css]
  removed.add('<style>')
  return []
}

const pictures = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i

function isSafeAttribute(element: string, name: string, value: string): boolean {
  if (name === 'href') return /^\s*#/.test(value) || (element === 'image' && pictures.test(value.trim()))
  if (name.startsWith('aria-')) return true
  // A value is CSS to the drawing where its attribute is one that CSS knows, and harmless to ask about elsewhere.
  if (!svgAttributes.has(name) || !isSafeCss(value)) return false
  return !(element === 'style' && name === 'type' && value !== 'text/css')
}
