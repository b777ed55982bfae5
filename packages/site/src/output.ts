import type {CardOrder, ImageOrder} from '@broadside/images'

/** `content` is what authors name themselves: a post, a page or a redirect, whichever the view has at the address. */
export type OutputKind =
  | 'front'
  | 'content'
  | 'list'
  | 'series'
  | 'feed'
  | 'sitemap'
  | 'robots'
  | 'twin'
  | 'llms'
  | 'feed-copy'
  | 'opml'
  | 'security'
  | 'not-found'
  | 'stylesheet'
  | 'script'
  | 'search'
  | 'search-file'
  | 'asset'
  | 'media'
  | 'variant'
  | 'card'

/**
 * One file of the live site before it is built, plain JSON. It follows from the address alone (`specOf`), so that any
 * path of a manifest can be built again, or found to be gone, without remembering why it was there.
 */
export type OutputSpec = {
  /** Below the base path, decoded: `/posts/when-nats/`. */
  address: string
  kind: OutputKind
}

export type OutputHeaders = {
  contentType: string
  cacheControl: string
  /** For servers that can answer with another one than 200. */
  status?: 410
  /** A Link header (RFC 8288), where the host can serve one. */
  link?: string
}

/**
 * `key` is the object's name below the site's prefix. A `blob` is the SHA-256 of a stored binary that the publisher
 * copies; `make` is what it makes of one and keeps; everything else carries its bytes.
 */
export type BuiltOutput = {address: string; key: string; headers: OutputHeaders} & OutputBytes

export type OutputBytes = {body: Uint8Array} | {blob: string} | {make: ImageOrder | CardOrder}

/**
 * What a revision touched, compared with the view before it. Ids and paths of what is in either view; naming too many
 * costs time only, leaving one out breaks the site.
 */
export type SiteChanges = {
  /** Ids of posts that came, went or changed in any way, their address and memory included. */
  posts: string[]
  /** Repository paths of pages. */
  pages: string[]
  /** Repository paths of other files. */
  assets: string[]
  /** Addresses at which something was between the two views, and in neither of them. */
  left: string[]
  settings: boolean
  theme: boolean
  redirects: boolean
}
