import {encoderVersion, variantsOf, type ImageOrder, type Variant} from '@broadside/images'
import {addressOf, type Place} from './place.ts'
import type {AssetFile, SiteView} from './site-view.ts'

/** The addresses of the variants of a file, wherever they are published; none for what is no image. */
export function variantAddresses(file: Pick<AssetFile, 'hash' | 'size' | 'image'>): string[] {
  return variantsIn(file).map((variant) => variantAddress(file, variant))
}

export function variantAddress({hash}: Pick<AssetFile, 'hash'>, {width, format}: Variant): string {
  return addressOf({kind: 'variant', hash, version: encoderVersion, width, format})
}

/** The variants of a file. */
export function variantsIn({size, image}: Pick<AssetFile, 'size' | 'image'>): Variant[] {
  return image === undefined ? [] : variantsOf(image, size)
}

/**
 * The file that the variants of a hash are made of: one that something live refers to, so that a draft's images stay
 * unseen, and files below `assets/` that no page shows cost nothing. Of several copies the first by path.
 */
export async function variantSource(view: SiteView, hash: string): Promise<AssetFile | undefined> {
  const copies = (await view.assetsByHash(hash.slice(0, 12))).filter((copy) => variantsIn(copy).length > 0)
  for (const copy of copies.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const {posts, pages} = await view.linkingTo([copy.path])
    if (posts.length > 0 || pages.length > 0) return copy
  }
  return undefined
}

/** What is to be made for the address of a variant; undefined where this encoder makes none of that kind. */
export async function variantAt(
  view: SiteView,
  {hash, version, width, format}: Extract<Place, {kind: 'variant'}>,
): Promise<ImageOrder | undefined> {
  if (version !== encoderVersion) return undefined
  const source = await variantSource(view, hash)
  if (source?.image === undefined) return undefined
  const together = variantsIn(source).map((variant) => ({make: 'variant' as const, ...variant}))
  const recipe = together.find((one) => one.width === width && one.format === format)
  return recipe && {source: source.hash, format: source.image.format, recipe, together}
}
