import type {Ref} from '@broadside/markdown'
import {isReserved} from './addresses.ts'
import {refNames} from './link-targets.ts'
import {listExists} from './lists.ts'
import {addressOf, placeOf} from './place.ts'
import type {AssetFile, SiteView} from './site-view.ts'

export type ResolvedRef = {address: string; /** `?query#part`, as written. */ suffix: string}

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
    const address = name.startsWith('/') ? await ifLive(view, name) : await addressOfPath(view, name)
    if (address !== undefined) return {address, suffix}
  }
  return undefined
}

async function ifLive(view: SiteView, address: string): Promise<string | undefined> {
  return (await existsAt(view, address)) ? address : undefined
}

async function addressOfPath(view: SiteView, path: string): Promise<string | undefined> {
  if (path.endsWith('.md')) return ((await view.postFrom(path)) ?? (await view.pageFrom(path)))?.address
  const asset = await view.asset(path)
  return asset && assetAddress(asset)
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

/** Whether the live site has something at the address. */
export async function existsAt(view: SiteView, address: string): Promise<boolean> {
  const place = placeOf(address)
  switch (place.kind) {
    case 'list':
      return listExists(view, place.shelf, place.period)
    case 'feed':
      return place.shelf.kind === 'all' || listExists(view, place.shelf, '')
    case 'sitemap':
      return !/^\d/.test(place.part) || (await view.count({kind: 'all'}, place.part)) > 0
    case 'asset':
      return (await view.asset(place.path)) !== undefined
    case 'media':
      return (await mediaAt(view, place.hash, place.name)) !== undefined
    // No text can know a stylesheet's name ahead.
    case 'stylesheet':
      return false
    case 'content':
      return (await contentAt(view, address)) !== undefined
    case 'front':
    case 'robots':
    case 'not-found':
      return true
  }
}

/**
 * What authors put at an address: a post, else a page, else a former address of one, else a line of redirects.yaml whose
 * target is an address of this site or an http(s) URL. Nothing where Broadside writes itself.
 */
export async function contentAt(view: SiteView, address: string) {
  if (isReserved(address)) return undefined
  const post = await view.postAt(address)
  if (post !== undefined) return {kind: 'post', post} as const
  const page = await view.pageAt(address)
  if (page !== undefined) return {kind: 'page', page} as const
  const to = (await view.aliasAt(address)) ?? (await view.redirectFrom(address))?.to
  const leads = to !== undefined && to !== address && /^(\/(?!\/)|https?:\/\/)/i.test(to)
  return leads ? ({kind: 'redirect', to} as const) : undefined
}
