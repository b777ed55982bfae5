import {createUrls} from './addresses.ts'
import {resolveRef} from './resolve-ref.ts'
import type {LivePost, SiteView} from './site-view.ts'

/** How many bytes each image of the site has that a post shows in its mail, by absolute URL, as its author gave it. */
export async function mailImageSizes(
  view: SiteView,
  {path, fragmentKey}: Pick<LivePost, 'path' | 'fragmentKey'>,
): Promise<Map<string, number>> {
  const urls = createUrls(view.site.siteUrl)
  const sizes = new Map<string, number>()
  for (const ref of (await view.fragment(fragmentKey))?.refs ?? []) {
    if (ref.kind !== 'image') continue
    const target = await resolveRef(view, path, ref)
    if (target?.file !== undefined) sizes.set(`${urls.absolute(target.address)}${target.suffix}`, target.file.size)
  }
  return sizes
}
