import type {Ref, RefTarget, Variant} from '@broadside/markdown'
// By itself, since the whole package brings the parsers along, 40 MB of memory for who only sends or serves.
import {joinFragment} from '@broadside/markdown/join-fragment'
import {BroadsideError} from '@broadside/runtime'
import {createUrls} from './addresses.ts'
import {imageTarget} from './image-target.ts'
import {resolveRef} from './resolve-ref.ts'
import type {LivePage, LivePost, SiteView} from './site-view.ts'

/**
 * The body of a post or page with its references led to where they are in this view: paths on the web, absolute URLs
 * in feeds and mails. Throws `site.fragment-missing` (bug) when the view has a post without its fragment.
 */
export async function renderBody(
  view: SiteView,
  source: Pick<LivePost | LivePage, 'path' | 'fragmentKey'>,
  variant: Variant,
): Promise<string> {
  const fragment = await view.fragment(source.fragmentKey)
  if (fragment === undefined)
    throw new BroadsideError('bug', 'site.fragment-missing', `${source.path} is live but was never rendered`, {
      details: {path: source.path, fragment: source.fragmentKey},
    })
  const urls = createUrls(view.site.siteUrl)
  const found = new Map<Ref, RefTarget>()
  for (const ref of fragment.refs) {
    const target = await resolveRef(view, source.path, ref)
    if (target === undefined) continue
    const url = variant === 'web' ? urls.path(target.address) : urls.absolute(target.address)
    const image = ref.kind === 'image' ? imageTarget(target.file, urls, variant) : undefined
    found.set(ref, {url: `${url}${target.suffix}`, ...(image === undefined ? {} : {image})})
  }
  return joinFragment(fragment, (ref) => found.get(ref), variant)
}
