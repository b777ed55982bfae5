import type {Diagnostic} from '@broadside/content'
import {changesBetween, openSiteView, type Ledger} from '@broadside/ledger'
import {brokenLinks, brokenRedirects, createSuggester, keepNearbyPosts, linksToCheck} from '@broadside/site'
import {placeImages} from './place-images.ts'
import {writeDiagnostics} from './write-changes.ts'

/** The most that is told of the links of one revision. */
const maxTold = 1_000

export type CheckedLinks = {site: string; revision: number; diagnostics: Diagnostic[]}

/**
 * Looks at the links of each rendered revision that nobody has looked at, and tells what leads nowhere as diagnostics
 * of that revision: the links of what changed in it, and those of others to what it moved or took away. Broken images are
 * told of where a text shows them. What it costs follows the change, save for the first revision, and publishing does not wait for it. A repeat, or a race with
 * another, tells nothing twice.
 *
 * @returns the revisions that were looked at now.
 */
export async function checkLinks(ledger: Ledger, site?: string): Promise<CheckedLinks[]> {
  let query = ledger.db.selectFrom('unchecked_links').selectAll()
  if (site !== undefined) query = query.where('site', '=', site)
  const checked: CheckedLinks[] = []
  for (const row of await query.orderBy('site').orderBy('revision').limit(100).execute()) {
    await placeImages(ledger, row.site, row.revision)
    const diagnostics = await findBroken(ledger, row)
    const isMine = await ledger.transaction(async (db) => {
      const {numDeletedRows} = await db
        .deleteFrom('unchecked_links')
        .where('site', '=', row.site)
        .where('revision', '=', row.revision)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return false
      await writeDiagnostics(db, row.site, row.revision, diagnostics)
      return true
    })
    if (isMine) checked.push({...row, diagnostics})
  }
  return checked
}

async function findBroken({db}: Ledger, {site, revision}: {site: string; revision: number}): Promise<Diagnostic[]> {
  const previous = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site)
    .where('number', '<', revision)
    .where('shows', 'is', null)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  const before = previous === undefined ? undefined : await openSiteView(db, site, previous.number)
  const after = keepNearbyPosts(await openSiteView(db, site, revision))
  const changes = await changesBetween(db, site, previous?.number ?? 0, revision)
  const {sources, redirects} = await linksToCheck(before, after, changes)
  const found: Diagnostic[] = []
  const suggest = createSuggester(after)
  for await (const {path, meta, fragmentKey} of sources) {
    const fragment = await after.fragment(fragmentKey)
    if (fragment !== undefined) found.push(...(await brokenLinks(after, {path, fragment, meta}, suggest)))
    if (found.length >= maxTold) break
  }
  if (redirects) found.push(...(await brokenRedirects(after)))
  return found.slice(0, maxTold)
}
