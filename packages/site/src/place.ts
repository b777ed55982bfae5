import type {FeedFormat} from '@broadside/feed'
import type {VariantFormat} from '@broadside/images'
import type {ListShelf, Period} from './site-view.ts'

/**
 * What an address stands for. `addressOf` and `placeOf` are inverse to each other, so that an address is all that has
 * to be remembered of an output.
 */
export type Place =
  | {kind: 'front'}
  /** `all` is the archive; `''` is the whole shelf, other periods are pages below it. */
  | {kind: 'list'; shelf: ListShelf; period: Period}
  /** All parts of a series, in their order. */
  | {kind: 'series'; key: string}
  | {kind: 'feed'; shelf: ListShelf; format: FeedFormat}
  /** `index`, `pages`, or a month of posts. */
  | {kind: 'sitemap'; part: string}
  | {kind: 'robots'}
  /** The Markdown of the post at `of`. */
  | {kind: 'twin'; of: string}
  | {kind: 'llms'}
  /** The site's RSS under a name that it has elsewhere. */
  | {kind: 'feed-copy'; name: 'rss.xml' | 'index.xml'}
  /** The list of all feeds. */
  | {kind: 'opml'}
  | {kind: 'security'}
  | {kind: 'not-found'}
  | {kind: 'stylesheet'; name: string}
  /** The search page's own script. */
  | {kind: 'script'; name: string}
  /** The page that searches. */
  | {kind: 'search'}
  /** A file of the search index, which is built beside the pages (`search-index.ts`) and is no output of a release. */
  | {kind: 'search-file'; name: string}
  /** A file below `assets/`, at the same path. */
  | {kind: 'asset'; path: string}
  /** A file beside a post or page, addressed by the first 12 digits of its hash. */
  | {kind: 'media'; hash: string; name: string}
  /** A smaller make of the image whose hash begins so; `version` is that of the encoder. */
  | {kind: 'variant'; hash: string; version: number; width: number; format: VariantFormat}
  /** The picture that previews show of the post at `of`; `hash` begins the name of all that is in it. */
  | {kind: 'card'; of: string; hash: string}
  | {kind: 'content'}

const feedNames: Record<FeedFormat, string> = {rss: 'feed.xml', atom: 'atom.xml', json: 'feed.json'}
const feedFormats = new Map(Object.entries(feedNames).map(([format, name]) => [name, format as FeedFormat]))

/** The address of a place, below the base path and decoded. `content` has none of its own: posts and pages say theirs. */
export function addressOf(place: Exclude<Place, {kind: 'content'}>): string {
  switch (place.kind) {
    case 'front':
      return '/'
    case 'list': {
      const root = place.shelf.kind === 'all' ? '/archive/' : shelfRoot(place.shelf)
      return place.period === '' ? root : `${root}${place.period.replaceAll('-', '/')}/`
    }
    case 'series':
      return `/series/${place.key}/`
    case 'feed':
      return `${shelfRoot(place.shelf)}${feedNames[place.format]}`
    case 'sitemap':
      return place.part === 'index' ? '/sitemap.xml' : `/sitemap-${place.part}.xml`
    case 'robots':
      return '/robots.txt'
    case 'twin':
      return twinOf(place.of)
    case 'feed-copy':
      return `/${place.name}`
    case 'opml':
      return '/feeds.opml'
    case 'llms':
      return '/llms.txt'
    case 'security':
      return '/.well-known/security.txt'
    case 'not-found':
      return '/404.html'
    case 'stylesheet':
    case 'script':
      return `/_/${place.name}`
    case 'search':
      return '/search/'
    case 'search-file':
      return `/search/${place.name}`
    case 'asset':
      return `/${place.path}`
    case 'media':
      return `/media/${place.hash.slice(0, 12)}/${place.name}`
    case 'card':
      return `/cards${place.of}${place.of.endsWith('/') ? '' : '.'}${place.hash}.png`
    case 'variant':
      return `/media/${place.hash.slice(0, 12)}/v${place.version}/${place.width}.${place.format}`
  }
}

/** Where the Markdown of the post at an address is: `/posts/x/index.md`, `/2026/x.html.md`. */
export function twinOf(address: string): string {
  return address.endsWith('/') ? `${address}index.md` : `${address}.md`
}

function shelfRoot(shelf: ListShelf): string {
  return shelf.kind === 'all' ? '/' : `/${shelf.kind}s/${shelf.key}/`
}

const fixed = new Map<string, Place>([
  ['/', {kind: 'front'}],
  ['/robots.txt', {kind: 'robots'}],
  ['/rss.xml', {kind: 'feed-copy', name: 'rss.xml'}],
  ['/index.xml', {kind: 'feed-copy', name: 'index.xml'}],
  ['/feeds.opml', {kind: 'opml'}],
  ['/llms.txt', {kind: 'llms'}],
  ['/search/', {kind: 'search'}],
  ['/.well-known/security.txt', {kind: 'security'}],
  ['/404.html', {kind: 'not-found'}],
  ['/sitemap.xml', {kind: 'sitemap', part: 'index'}],
])
const shelfPattern = /^\/(?:archive|(?<kind>tag|author)s\/(?<key>[^/]+))\/(?<period>(?:\d{4}\/(?:\d\d\/){0,2})?)$/
const seriesPattern = /^\/series\/(?<key>[^/]+)\/$/
const feedPattern = /^\/(?:(?<kind>tag|author)s\/(?<key>[^/]+)\/)?(?<name>feed\.xml|atom\.xml|feed\.json)$/
const sitemapPattern = /^\/sitemap-(?<part>pages|\d{4}-\d\d)\.xml$/
const mediaPattern = /^\/media\/(?<hash>[0-9a-f]{12})\/(?<name>[^/]+)$/
const variantPattern =
  /^\/media\/(?<hash>[0-9a-f]{12})\/v(?<version>[1-9]\d{0,3})\/(?<width>[1-9]\d{0,5})\.(?<format>avif|webp)$/
const cardPattern = /^\/cards(?:(?<folder>\/.*\/|\/)|(?<file>\/.+)\.)(?<hash>[0-9a-f]{12})\.png$/
const twinPattern = /^(?:(?<folder>\/.+\/)index|(?<file>\/.+\.[a-z][a-z0-9]{0,7}))\.md$/i
const themeFilePattern = /^\/_\/(?<name>[^/]+)$/
const searchFilePattern = /^\/search\/(?<name>[^/]+\.json)$/

/** What stands at an address that `normaliseAddress` or `addressOf` wrote. Everything that is not ours is `content`. */
export function placeOf(address: string): Place {
  const known = fixed.get(address)
  if (known !== undefined) return known

  const list = shelfPattern.exec(address)?.groups
  if (list !== undefined) {
    const period = (list.period ?? '').replace(/\/$/, '').replaceAll('/', '-')
    return {kind: 'list', shelf: shelfOf(list), period}
  }
  const series = seriesPattern.exec(address)?.groups
  if (series?.key !== undefined) return {kind: 'series', key: series.key}
  const feed = feedPattern.exec(address)?.groups
  const format = feedFormats.get(feed?.name ?? '')
  if (feed !== undefined && format !== undefined) return {kind: 'feed', shelf: shelfOf(feed), format}

  const sitemap = sitemapPattern.exec(address)?.groups
  if (sitemap?.part !== undefined) return {kind: 'sitemap', part: sitemap.part}
  const media = mediaPattern.exec(address)?.groups
  if (media?.hash !== undefined && media.name !== undefined) return {kind: 'media', hash: media.hash, name: media.name}
  const variant = variantPattern.exec(address)?.groups
  if (variant?.hash !== undefined) {
    const {hash, version, width, format} = variant
    return {kind: 'variant', hash, version: Number(version), width: Number(width), format: format as VariantFormat}
  }
  const card = cardPattern.exec(address)?.groups
  const ofCard = card?.folder ?? card?.file
  if (card?.hash !== undefined && ofCard !== undefined) return {kind: 'card', of: ofCard, hash: card.hash}
  const themeFile = themeFilePattern.exec(address)?.groups?.['name']
  if (themeFile !== undefined) return {kind: themeFile.endsWith('.js') ? 'script' : 'stylesheet', name: themeFile}
  const searchFile = searchFilePattern.exec(address)?.groups?.['name']
  if (searchFile !== undefined) return {kind: 'search-file', name: searchFile}
  if (address.startsWith('/assets/')) return {kind: 'asset', path: address.slice(1)}
  const twin = twinPattern.exec(address)?.groups
  const of = twin?.folder ?? twin?.file
  if (of !== undefined) return {kind: 'twin', of}
  return {kind: 'content'}
}

function shelfOf(groups: Record<string, string | undefined>): ListShelf {
  const {kind, key} = groups
  return key === undefined ? {kind: 'all'} : {kind: kind === 'tag' ? 'tag' : 'author', key}
}
