import {parsePost, type Diagnostic} from '@broadside/content'
import {localDay, postAddress} from '@broadside/site'
import {checkExternal, type ExternalOptions} from './check-external.ts'
import {checkTogether} from './check-together.ts'
import {formerNames} from './former-names.ts'
import {loadSite, type LoadedSite, type LoadOptions} from './load-site.ts'
import {standingSite} from './site-posts.ts'
import type {WorkingTree} from './working-tree.ts'

export type CheckedSite = {
  /** Posts and pages that were looked at. */
  documents: number
  /** Sorted by place. */
  diagnostics: Diagnostic[]
}

/** Everything that is to be said of a site's working tree, without any server. */
export async function checkSite(
  options: LoadOptions & {now: number; external?: ExternalOptions | undefined},
): Promise<CheckedSite> {
  const {now, external} = options
  const site = await loadSite(options)
  const diagnostics = [
    ...site.diagnostics,
    ...site.documents.flatMap(({document}) => document.diagnostics),
    ...(await together(options.tree, site, now)),
    ...(external === undefined ? [] : await checkExternal(site.documents, external)),
  ]
  return {documents: site.documents.length, diagnostics: diagnostics.toSorted(byPlace)}
}

/** History is asked only where a link to an address leads nowhere, which may be one that a post has had. */
async function together(tree: WorkingTree, site: LoadedSite, now: number): Promise<Diagnostic[]> {
  const found = await checkTogether(standingSite(site, now), now)
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
  return former.size === 0 ? found : checkTogether(standingSite(site, now, former), now)
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
