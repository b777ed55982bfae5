import type {Element, Root} from 'hast'
import {slug} from 'github-slugger'
import {eachElement} from './each-element.ts'
import {isFootnoteLabel} from './footnotes.ts'
import type {Heading} from './fragment.ts'
import {leadsTo} from './leads-to.ts'
import {idPrefix} from './safe-schema.ts'
import {textOf} from './text-of.ts'

const depths = new Map(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tagName, at) => [tagName, at + 1]))

export type SettledIds = {
  headings: Heading[]
  /** Whatever else in the tree a link may lead to. */
  ids: string[]
  /** In-page links that lead to nothing. */
  lost: Element[]
}

/**
 * Gives headings their ids (GitHub's slugs), makes every id in the tree the only one of its name, and leads in-page
 * links to where the sanitiser's prefix has put their targets. Changes a sanitised tree.
 */
export function settleIds(tree: Root): SettledIds {
  const taken = new Map<string, number>()
  const links: Element[] = []
  const headings: Heading[] = []

  eachElement(tree, (node) => {
    const {properties, tagName} = node
    const depth = depths.get(tagName)
    if (depth !== undefined && !isFootnoteLabel(node)) {
      const text = textOf(node).replace(/\s+/g, ' ').trim()
      const id = freeId(ownId(properties.id) ?? (slug(text) || 'section'), taken)
      properties.id = id
      headings.push({depth, id, text})
    } else if (typeof properties.id === 'string') {
      if (taken.has(properties.id)) delete properties.id
      else taken.set(properties.id, 0)
    }
    if (tagName !== 'a') return
    if (typeof properties['name'] === 'string') taken.set(properties['name'], 0)
    if (typeof properties.href === 'string' && properties.href.startsWith('#')) links.push(node)
  })

  const lost: Element[] = []
  for (const link of links) {
    const target = String(link.properties.href).slice(1)
    if (!taken.has(target) && taken.has(idPrefix + target)) link.properties.href = `#${idPrefix}${target}`
    else if (!leadsTo(target, (id) => taken.has(id) || taken.has(idPrefix + id))) lost.push(link)
  }
  const own = new Set(headings.map(({id}) => id))
  return {headings, ids: [...taken.keys()].filter((id) => !own.has(id)), lost}
}

/** An id a heading was given by hand loses its prefix, so that links written to it from other pages arrive. */
function ownId(id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined
  const wanted = id.startsWith(idPrefix) ? id.slice(idPrefix.length) : id
  return wanted === '' ? undefined : wanted
}

/** `setup`, then `setup-1`, `setup-2`; `taken` remembers where it was, so that a thousand equal headings take no longer. */
function freeId(wanted: string, taken: Map<string, number>): string {
  let id = wanted
  let n = taken.get(wanted) ?? 0
  while (taken.has(id)) {
    n += 1
    id = `${wanted}-${n}`
  }
  taken.set(wanted, n)
  if (id !== wanted) taken.set(id, 0)
  return id
}
