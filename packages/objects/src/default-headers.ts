import {contentTypeOf} from './content-type.ts'
import type {ObjectHeaders} from './objects.ts'

/**
 * How long a copy of an object may be used without asking: pages and their Markdown never, feeds five minutes, other
 * files an hour, and files whose address holds the hash of their bytes for ever.
 */
export type CacheKind = 'page' | 'feed' | 'asset' | 'immutable'

const cacheControl: Record<CacheKind, string> = {
  page: 'public, max-age=0, must-revalidate',
  feed: 'public, max-age=300',
  asset: 'public, max-age=3600',
  immutable: 'public, max-age=31536000, immutable',
}

/** The Cache-Control header of a kind of object. */
export function cacheControlOf(kind: CacheKind): string {
  return cacheControl[kind]
}

/**
 * The kind of an object by its key. Hashed are `media/<12 hex digits>/…`, variants of an image below it too, and names
 * like `style.1a2b3c4d.css`, with a letter among the digits, so that a date in a file name does not pass for a hash.
 */
export function cacheKindOf(key: string): CacheKind {
  if (/(^|\/)media\/[0-9a-f]{12}\/(?:v\d+\/)?[^/]+$|\.(?=\d*[a-f])[0-9a-f]{8,64}\.\w+$/.test(key)) return 'immutable'
  if (/\.(?:html?|md)$/.test(key)) return 'page'
  if (/(^|\/)(feed\.xml|rss\.xml|atom\.xml|feed\.json)$/.test(key)) return 'feed'
  return 'asset'
}

/** The headers of an object that nobody chose others for. A pure function of the key. */
export function defaultHeaders(key: string): ObjectHeaders {
  return {contentType: contentTypeOf(key), cacheControl: cacheControlOf(cacheKindOf(key))}
}

/** Whether two objects are served with the same headers. */
export function sameHeaders(one: ObjectHeaders, other: ObjectHeaders): boolean {
  const names = ['contentType', 'cacheControl', 'contentEncoding', 'redirectLocation', 'status', 'link'] as const
  return names.every((name) => one[name] === other[name])
}
