import type {Diagnostic} from '@broadside/content'
import {openSiteView, type Db} from '@broadside/ledger'
import {brokenLinks} from '@broadside/site'
import type {JudgedPages} from './judge-pages.ts'
import type {PostChange} from './write-posts.ts'

/** The most that the answer to a push tells; the rest stands in `broadside status`. */
const maxTold = 10

/**
 * The links of other posts and pages that lead nowhere since this revision took away or moved what they lead to: known
 * before anything is rendered. What is wrong with the links of the push's own texts is told when those are rendered.
 */
export async function linksLeftBehind(
  db: Db,
  {site, number}: {site: string; number: number},
  changes: PostChange[],
  {gone}: Pick<JudgedPages, 'gone'>,
): Promise<Diagnostic[]> {
  const left = changes.flatMap(({before, after}) => {
    if (before?.status !== 'live') return []
    const stays = after?.status === 'live' && after.path === before.path && after.address === before.address
    return stays ? [] : [before.path, before.address]
  })
  const targets = [...left, ...gone]
  if (targets.length === 0) return []
  const view = await openSiteView(db, site, number)
  const found: Diagnostic[] = []
  for (let from = 0; from < targets.length && found.length < maxTold; from += 200) {
    const {posts, pages} = await view.linkingTo(targets.slice(from, from + 200))
    for (const {path, meta, fragmentKey} of [...posts, ...pages]) {
      const fragment = await view.fragment(fragmentKey)
      if (fragment !== undefined) found.push(...(await brokenLinks(view, {path, fragment, meta})))
      if (found.length >= maxTold) break
    }
  }
  return found.slice(0, maxTold)
}
