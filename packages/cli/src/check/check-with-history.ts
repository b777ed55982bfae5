import {parsePost, type Diagnostic} from '@broadside/content'
import {caseFolded} from '@broadside/ledger'
import {sameName} from '@broadside/revision'
import {localDay, postAddress} from '@broadside/site'
import {checkTogether} from './check-together.ts'
import {formerNames} from './former-names.ts'
import type {LoadedSite} from './load-site.ts'
import {standingSite} from './site-posts.ts'
import type {WorkingTree} from './working-tree.ts'

/**
 * What only shows when the files of a site are seen together. History is asked only where a link to an address leads
 * nowhere, which may be one that a post has had. `pause` is awaited after each file, so that it can give way to others,
 * or throw to stop.
 */
export async function checkWithHistory(
  tree: Pick<WorkingTree, 'root' | 'files' | 'read'>,
  site: LoadedSite,
  now: number,
  pause: () => Promise<void> | void = () => {},
): Promise<Diagnostic[]> {
  const names = sameNames(site.assets)
  const found = [...names, ...(await checkTogether(standingSite(site, now), now, pause))]
  const isAddress = ({code, message}: Diagnostic) => code === 'link.broken' && message.includes('"/')
  if (!found.some(isAddress)) return found
  const former = new Map<string, string[]>()
  for (const [path, names] of await formerNames(tree.root)) {
    if (!tree.files.some((file) => file.path === path)) continue
    const bytes = await tree.read(path)
    const addresses = names.flatMap((file) => {
      const {post} = parsePost({file, bytes, settings: site.settings})
      if (post === undefined) return []
      return [postAddress(site.settings.permalink, post.meta, localDay(post.meta.date ?? now, site.settings.timezone))]
    })
    former.set(path, addresses)
  }
  if (former.size === 0) return found
  return [...names, ...(await checkTogether(standingSite(site, now, former), now, pause))]
}

/** Files under `assets/` that some systems take for one; of those the first by path is published. */
function sameNames(assets: string[]): Diagnostic[] {
  const groups = Map.groupBy(assets.filter((path) => path.startsWith('assets/')).toSorted(), caseFolded)
  return [...groups.values()].flatMap(([first = '', ...others]) => others.map((path) => sameName(path, first)))
}
