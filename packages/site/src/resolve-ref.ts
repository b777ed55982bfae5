import type {Ref} from '@broadside/markdown'
import {isReserved, normaliseAddress} from './addresses.ts'
import {cardAt} from './preview-card.ts'
import {refNames} from './link-targets.ts'
import {listExists} from './lists.ts'
import {variantAt} from './image-variants.ts'
import {addressOf, placeOf} from './place.ts'
import type {AssetFile, SiteView} from './site-view.ts'

export type ResolvedRef = {
  address: string
  /** `?query#part`, as written. */
  suffix: string
  /** What is there, where it is a file of the site. */
  file?: AssetFile
}

/**
 * Where a reference of `file` leads in this view; undefined when nothing live is there. Then the page shows the text
 * without a link, and `brokenLinks` tells the author.
 */
export async function resolveRef(
  view: SiteView,
  file: string,
  ref: Pick<Ref, 'url'>,
): Promise<ResolvedRef | undefined> {
  const {names, suffix} = refNames(file, ref)
  for (const name of names) {
    const found = name.startsWith('/') ? await liveAt(view, name) : await atPath(view, name)
    if (found !== undefined) return {...found, suffix}
  }
  return undefined
}

type Found = Omit<ResolvedRef, 'suffix'>

/** `/posts/x/index.md` is what authors call the post by, who mean its page and not its Markdown. */
async function liveAt(view: SiteView, address: string): Promise<Found | undefined> {
  const place = placeOf(address)
  if (place.kind === 'twin') return undefined
  if (place.kind !== 'asset' && place.kind !== 'media') return (await existsAt(view, address)) ? {address} : undefined
  const file = place.kind === 'asset' ? await view.asset(place.path) : await mediaAt(view, place.hash, place.name)
  return file && {address, file}
}

async function atPath(view: SiteView, path: string): Promise<Found | undefined> {
  if (path.endsWith('.md')) {
    const address = ((await view.postFrom(path)) ?? (await view.pageFrom(path)))?.address
    return address === undefined ? undefined : {address}
  }
  const file = await view.asset(path)
  return file && {address: assetAddress(file), file}
}

/** Files below `assets/` keep their path; those beside posts are addressed by content, so that they can be cached for ever. */
export function assetAddress(asset: Pick<AssetFile, 'path' | 'hash'>): string {
  if (asset.path.startsWith('assets/')) return addressOf({kind: 'asset', path: asset.path})
  return addressOf({kind: 'media', hash: asset.hash, name: nameOf(asset.path)})
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The file behind a media address: one beside a post or page that something live refers to, so that a draft's images
 * stay unseen. Of several copies the first by path.
 */
export async function mediaAt(view: SiteView, hash: string, name: string): Promise<AssetFile | undefined> {
  const copies = (await view.assetsByHash(hash)).filter(
    ({path}) => nameOf(path) === name && !path.startsWith('assets/'),
  )
  for (const copy of copies.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const {posts, pages} = await view.linkingTo([copy.path])
    if (posts.length > 0 || pages.length > 0) return copy
  }
  return undefined
}

/** Of the files that share an asset's media address the one that is published there, if any. */
export function publishedCopy(view: SiteView, asset: Pick<AssetFile, 'path' | 'hash'>): Promise<AssetFile | undefined> {
  return mediaAt(view, asset.hash.slice(0, 12), nameOf(asset.path))
}

/**
 * Whether the live site has something at the address. `followed` are the redirects that led here: one that leads back
 * to itself leads nowhere.
 */
export async function existsAt(view: SiteView, address: string, followed: string[] = []): Promise<boolean> {
  const place = placeOf(address)
  switch (place.kind) {
    case 'list':
      return listExists(view, place.shelf, place.period)
    case 'series':
      return (await view.term('series', place.key)) !== undefined
    case 'feed':
      return place.shelf.kind === 'all' || listExists(view, place.shelf, '')
    case 'sitemap':
      return !/^\d/.test(place.part) || (await view.count({kind: 'all'}, place.part)) > 0
    case 'asset':
      return (await view.asset(place.path)) !== undefined
    case 'media':
      return (await mediaAt(view, place.hash, place.name)) !== undefined
    case 'card':
      return (await cardAt(view, place)) !== undefined
    case 'variant':
      return (await variantAt(view, place)) !== undefined
    // No text can know the name of a file that is made ahead.
    case 'stylesheet':
    case 'script':
    case 'search-file':
      return false
    case 'content':
      return (await contentAt(view, address, followed)) !== undefined
    case 'twin':
      return (await view.postAt(place.of)) !== undefined
    case 'security':
      return view.settings.security !== undefined
    case 'search':
      return view.settings.search !== false
    case 'front':
    case 'llms':
    case 'feed-copy':
    case 'opml':
    case 'robots':
    case 'not-found':
      return true
  }
}

/**
 * Where readers look for a feed that comes from another system: there a page leads on to ours, and names it to programs,
 * unless the author has something there.
 */
export const feedDoors = ['/feed/', '/rss/']
const mainFeed = addressOf({kind: 'feed', shelf: {kind: 'all'}, format: 'rss'})

/**
 * What authors put at an address: a post, else a page, else a former address of one, else a line of redirects.yaml that
 * leads to something live or to an http(s) URL. Nothing where Broadside writes itself.
 */
export async function contentAt(view: SiteView, address: string, followed: string[] = []) {
  if (isReserved(address)) return undefined
  const post = await view.postAt(address)
  if (post !== undefined) return {kind: 'post', post} as const
  const page = await view.pageAt(address)
  if (page !== undefined) return {kind: 'page', page} as const
  const holder = await view.aliasAt(address)
  if (holder !== undefined) return {kind: 'redirect', to: holder} as const
  const to = (await view.redirectFrom(address))?.to
  if (to === undefined && feedDoors.includes(address)) return {kind: 'redirect', to: mainFeed} as const
  if (to === undefined || !(await leadsSomewhere(view, to, [...followed, address]))) return undefined
  return {kind: 'redirect', to} as const
}

/**
 * A post or page was here and has left, and nothing has come in its place; or a line of redirects.yaml leads to where
 * that is so. Links do not lead there.
 */
export async function goneAt(
  view: SiteView,
  address: string,
  followed: string[] = [],
): Promise<{kind: 'gone'} | undefined> {
  if (isReserved(address) || followed.includes(address)) return undefined
  if ((await contentAt(view, address)) !== undefined) return undefined
  if (await view.wasLiveAt(address)) return {kind: 'gone'}
  const to = (await view.redirectFrom(address))?.to
  return to !== undefined && isRooted(to) ? goneAt(view, normaliseAddress(to), [...followed, address]) : undefined
}

async function leadsSomewhere(view: SiteView, to: string, followed: string[]): Promise<boolean> {
  if (!isRooted(to)) return /^https?:\/\//i.test(to)
  const target = normaliseAddress(to)
  return !followed.includes(target) && existsAt(view, target, followed)
}

function isRooted(to: string): boolean {
  return to.startsWith('/') && !to.startsWith('//')
}

/** The redirects of redirects.yaml that end at one of `addresses`, over others or at once. */
export async function redirectsLeadingTo(view: SiteView, addresses: string[]): Promise<string[]> {
  if (addresses.length === 0) return []
  const lines = Map.groupBy(await view.redirects(), ({to}) => (isRooted(to) ? normaliseAddress(to) : to))
  const reached = new Set(addresses)
  for (const address of reached) for (const {from} of lines.get(address) ?? []) reached.add(from)
  return [...reached].slice(addresses.length)
}
