import type {ImageModel} from '@broadside/theme'
import mime from 'mime'
import {isWebUrl} from './link-targets.ts'
import {placeOf} from './place.ts'
import {mediaAt, resolveRef} from './resolve-ref.ts'
import type {SiteContext} from './site-context.ts'
import type {AssetFile, LiveMeta, LivePost} from './site-view.ts'

export type MetaFile = {
  /** Absolute. */
  url: string
  type: string
  /** Left out where the file lies elsewhere and nobody says. */
  bytes?: number
  /** Of an image that lies here, in pixels. */
  size?: {width: number; height: number}
}

/** A file that front matter or settings name; undefined when nothing that is published is there. */
export async function fileAt(context: SiteContext, path: string, url: string): Promise<MetaFile | undefined> {
  if (isWebUrl(url))
    return {url: new URL(url, context.urls.absolute('/')).href, type: typeOf(new URL(url, 'https://x').pathname)}
  const found = await resolveRef(context.view, path, {url})
  if (found === undefined) return undefined
  const asset = await assetAt(context, found.address)
  return {
    url: `${context.urls.absolute(found.address)}${found.suffix}`,
    type: typeOf(found.address),
    ...(asset === undefined ? {} : {bytes: asset.size}),
    ...(asset?.image === undefined ? {} : {size: {width: asset.image.width, height: asset.image.height}}),
  }
}

function assetAt({view}: SiteContext, address: string): Promise<AssetFile | undefined> {
  const place = placeOf(address)
  if (place.kind === 'asset') return view.asset(place.path)
  return place.kind === 'media' ? mediaAt(view, place.hash, place.name) : Promise.resolve(undefined)
}

function typeOf(name: string): string {
  return mime.getType(name) ?? 'application/octet-stream'
}

type WithImage = {path: string; meta: Pick<LiveMeta, 'image' | 'imageAlt'>}

/** The image that previews elsewhere show of a post or page. */
export async function imageOf(context: SiteContext, source: WithImage): Promise<ImageModel | undefined> {
  const {imageAlt} = source.meta
  const file = await imageFileOf(context, source)
  return file && {url: file.url, ...(imageAlt === undefined ? {} : {alt: imageAlt}), ...file.size}
}

/** The same as a file, for feeds. */
export async function imageFileOf(context: SiteContext, {path, meta}: WithImage): Promise<MetaFile | undefined> {
  return meta.image === undefined ? undefined : fileAt(context, path, meta.image)
}

/** The recording of a post, with what the author says where it lies elsewhere. */
export async function audioOf(context: SiteContext, {path, meta}: LivePost): Promise<MetaFile | undefined> {
  const {audio} = meta
  const file = audio === undefined ? undefined : await fileAt(context, path, audio.src)
  if (audio === undefined || file === undefined) return undefined
  const bytes = file.bytes ?? audio.bytes
  return {url: file.url, type: audio.type ?? file.type, ...(bytes === undefined ? {} : {bytes})}
}
