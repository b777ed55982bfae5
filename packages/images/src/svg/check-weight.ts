import type {SvgElement} from './print-xml.ts'

/** Elements that a browser may have to draw. */
const maxElements = 200_000

/**
 * `use` shows an element again, and uses of uses grow like powers: counts what a drawing unfolds to.
 * @throws Error when that is more than a reader's browser should be asked for.
 */
export function checkWeight(root: SvgElement): void {
  const byId = new Map<string, SvgElement>()
  const index = (element: SvgElement): void => {
    const {id} = element.attributes
    if (id !== undefined && !byId.has(id)) byId.set(id, element)
    for (const child of element.children) if (typeof child !== 'string') index(child)
  }
  index(root)

  const known = new Map<SvgElement, number>()
  const weigh = (element: SvgElement): number => {
    const before = known.get(element)
    if (before !== undefined) return before
    // What shows itself is drawn once.
    known.set(element, 1)
    let weight = 1
    for (const child of element.children) if (typeof child !== 'string') weight += weigh(child)
    const shown = element.name === 'use' ? byId.get(element.attributes['href']?.trim().slice(1) ?? '') : undefined
    if (shown !== undefined) weight += weigh(shown)
    known.set(element, weight)
    return weight
  }
  if (weigh(root) > maxElements) throw new Error(`it unfolds to more than ${maxElements} elements`)
}
