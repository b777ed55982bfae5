import type {OutputSpec} from './output.ts'
import {placeOf} from './place.ts'

/** The output at an address, as `normaliseAddress` or a manifest has it. */
export function specOf(address: string): OutputSpec {
  return {address, kind: placeOf(address).kind}
}

/** 1 files that pages need, 2 paths nothing live leads to yet, 3 paths that change, 4 what announces them. */
export type Wave = 1 | 2 | 3 | 4

/** Where readers begin: links lead here from everywhere, and nothing live has to. */
const entrances = new Set([
  '/',
  '/feed.xml',
  '/atom.xml',
  '/feed.json',
  '/sitemap.xml',
  '/robots.txt',
  '/llms.txt',
  '/feeds.opml',
  '/rss.xml',
  '/index.xml',
])

/**
 * The wave in which an output is put: what is put early is never reached from something that is not there yet.
 * `isNew` says that the live site has nothing at the address; the feeds of a new tag and the sitemap of a new month
 * then stand before the pages and the index that name them. Removals come after the last wave.
 */
export function waveOf(spec: OutputSpec, isNew: boolean): Wave {
  const nothingLeadsThere = isNew && !entrances.has(spec.address)
  switch (spec.kind) {
    case 'stylesheet':
    case 'script':
    case 'asset':
    case 'media':
    case 'variant':
    case 'card':
      return 1
    case 'feed':
    case 'sitemap':
    case 'robots':
    case 'llms':
    case 'feed-copy':
    case 'opml':
    case 'security':
      return nothingLeadsThere ? 2 : 4
    case 'front':
    case 'content':
    case 'twin':
    case 'list':
    case 'series':
    case 'not-found':
    case 'search':
    case 'search-file':
      return nothingLeadsThere ? 2 : 3
  }
}
