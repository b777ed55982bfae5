import {anchorsOf} from './broken-links.ts'
import type {SiteChanges} from './output.ts'
import type {LivePage, LivePost, SiteView} from './site-view.ts'
import {whatMoved} from './what-moved.ts'

export type LinksToCheck = {sources: AsyncIterable<LivePost | LivePage>; redirects: boolean}

/** Names asked for at once: a query's parameters are limited. */
const chunk = 200

/**
 * The posts and pages whose links may lead elsewhere than before: those that changed, and those that link to what
 * moved, came, went, or lost a part of its text. Each once. Without `before` it is all that refer to something.
 */
export async function linksToCheck(
  before: SiteView | undefined,
  after: SiteView,
  changes: SiteChanges,
): Promise<LinksToCheck> {
  if (before === undefined) return {sources: after.referring(), redirects: true}
  const {moved, cameOrWent} = await whatMoved(before, after, changes)
  const targets = new Set([...moved, ...cameOrWent, ...(await shortened(before, after, changes))])
  // A redirect may lead to what has gone, or away from what has come.
  return {sources: changedAndLinking(after, changes, [...targets]), redirects: changes.redirects || targets.size > 0}
}

async function* changedAndLinking(view: SiteView, changes: SiteChanges, targets: string[]) {
  const seen = new Set<string>()
  const isNew = ({path}: {path: string}) => !seen.has(path) && seen.add(path)
  for (const id of changes.posts) {
    const post = await view.post(id)
    if (post !== undefined && isNew(post)) yield post
  }
  for (const path of changes.pages) {
    const page = await view.pageFrom(path)
    if (page !== undefined && isNew(page)) yield page
  }
  for (let from = 0; from < targets.length; from += chunk) {
    const {posts, pages} = await view.linkingTo(targets.slice(from, from + chunk))
    for (const source of [...posts, ...pages]) if (isNew(source)) yield source
  }
}

/** The names of texts that have lost an id, since others may link to it. */
async function shortened(before: SiteView, after: SiteView, changes: SiteChanges): Promise<string[]> {
  const names: string[] = []
  const compare = async (was: LivePost | LivePage | undefined, is: LivePost | LivePage | undefined) => {
    if (was === undefined || is === undefined || was.fragmentKey === is.fragmentKey) return
    const [old, now] = [await before.fragment(was.fragmentKey), await after.fragment(is.fragmentKey)]
    if (old === undefined || now === undefined) return
    const left = anchorsOf(now)
    if (![...anchorsOf(old)].every((id) => left.has(id))) names.push(is.path, is.address)
  }
  for (const id of changes.posts) await compare(await before.post(id), await after.post(id))
  for (const path of changes.pages) await compare(await before.pageFrom(path), await after.pageFrom(path))
  return names
}
