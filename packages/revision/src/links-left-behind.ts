import type {Diagnostic} from '@broadside/content'
import {holdsAt, openSiteView, type Db} from '@broadside/ledger'
import {brokenLinks} from '@broadside/site'

/** The most that the answer to a push tells; the rest stands in `broadside status`. */
const maxTold = 10

/**
 * The links of other posts and pages that lead nowhere since this revision took away or moved what they lead to: known
 * before anything is rendered. What is wrong with the links of the push's own texts is told when those are rendered.
 */
export async function linksLeftBehind(db: Db, site: string, number: number): Promise<Diagnostic[]> {
  const targets = [...(await postsLeft(db, site, number)), ...(await pagesGone(db, site, number))]
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

/** Path and address of each post that was live, and is live there no more. */
async function postsLeft(db: Db, site: string, number: number): Promise<string[]> {
  const rows = await db
    .selectFrom('changes as c')
    .innerJoin('post_versions as before', (join) =>
      join.onRef('before.site', '=', 'c.site').onRef('before.id', '=', 'c.subject').on('before.status', '=', 'live'),
    )
    .leftJoin('post_versions as after', (join) =>
      join
        .onRef('after.site', '=', 'c.site')
        .onRef('after.id', '=', 'c.subject')
        .onRef('after.path', '=', 'before.path')
        .onRef('after.address', '=', 'before.address')
        .on('after.from_revision', '=', number)
        .on('after.status', '=', 'live'),
    )
    .select(['before.path', 'before.address'])
    .where('c.site', '=', site)
    .where('c.revision', '=', number)
    .where('c.kind', '=', 'post')
    .where('c.change', 'in', ['removed', 'updated'])
    .where('before.to_revision', '=', number)
    .where('after.id', 'is', null)
    .execute()
  return rows.flatMap(({path, address}) => [path, address])
}

async function pagesGone(db: Db, site: string, number: number): Promise<string[]> {
  const rows = await db
    .selectFrom('changes as c')
    .leftJoin('page_versions as p', (join) =>
      join.onRef('p.site', '=', 'c.site').onRef('p.path', '=', 'c.subject').on(holdsAt('p', number)),
    )
    .select('c.subject')
    .where('c.site', '=', site)
    .where('c.revision', '=', number)
    .where('c.kind', '=', 'page')
    .where('p.path', 'is', null)
    .execute()
  return rows.map(({subject}) => subject)
}
