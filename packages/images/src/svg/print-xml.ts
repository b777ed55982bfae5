export type SvgElement = {name: string; attributes: Record<string, string>; children: (SvgElement | string)[]}

/** An element as XML; a line break or tab in an attribute stays one. */
export function printXml({name, attributes, children}: SvgElement): string {
  const start = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escapeAttribute(value)}"`)
  const inside = children.map((child) => (typeof child === 'string' ? escapeText(child) : printXml(child)))
  return inside.length === 0 ? `<${name}${start.join('')}/>` : `<${name}${start.join('')}>${inside.join('')}</${name}>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;')
}
