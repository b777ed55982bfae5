import type {LivePost, SiteView} from './site-view.ts'

/** A series knows the order of its newest hundred parts; others stand alone, so that each page costs the same. */
const seriesLimit = 100

/** The parts of a series in the order to read them: by the author's number, those without one after them by date. */
export async function seriesParts(view: SiteView, key: string): Promise<LivePost[]> {
  const parts = await view.newest({kind: 'series', key}, seriesLimit)
  return parts.toSorted((a, b) => orderOf(a) - orderOf(b) || a.date - b.date || (a.id < b.id ? -1 : 1))
}

function orderOf({meta}: LivePost): number {
  return meta.series?.order ?? Number.MAX_SAFE_INTEGER
}

export type PlaceInSeries = {previous: LivePost | undefined; next: LivePost | undefined}

/** The parts before and after a post, in the order to read them. */
export function placeInSeries(parts: LivePost[], id: string): PlaceInSeries {
  const position = parts.findIndex((part) => part.id === id)
  if (position === -1) return {previous: undefined, next: undefined}
  return {previous: parts[position - 1], next: parts[position + 1]}
}

/** The parts, of either view, that are told another part before or after them than they were, or one that is `id`. */
export function seriesChanges(id: string, before: LivePost[], after: LivePost[]): LivePost[] {
  const all = new Map([...before, ...after].map((part) => [part.id, part]))
  return [...all.values()].filter((part) => {
    const [was, is] = [before, after].map((parts) => aroundOf(parts, part.id))
    return was?.join() !== is?.join() || is?.includes(id)
  })
}

function aroundOf(parts: LivePost[], id: string): string[] {
  const {previous, next} = placeInSeries(parts, id)
  return [previous?.id ?? '', next?.id ?? '']
}
