import type {Mirror} from '@broadside/git'
import {ensurePreview, findSite, isPreviewed, listPreviews, setSiteState, type Ledger} from '@broadside/ledger'
import {seedPreview} from '@broadside/revision'
import {explain, type Clock, type Logger} from '@broadside/runtime'

/** More branches than this are not previewed; the first by name are. */
const mostPreviews = 20

export type PreviewDeps = {
  ledger: Ledger
  mirrorOf: (site: string) => Promise<Mirror>
  /** Takes the branch of a preview as that of any site. */
  advance: (site: string) => Promise<unknown>
  clock: Clock
  log: Logger
}

/**
 * Follows the branches of a site that match its pattern: each is a preview with a manifest and an address of its own,
 * which goes with its branch. A repeat finds it done. What goes wrong with a preview is logged and holds nothing up.
 */
export async function followPreviews(
  {ledger, mirrorOf, advance, clock, log}: PreviewDeps,
  site: string,
): Promise<void> {
  try {
    const row = await findSite(ledger.db, site)
    const there = await listPreviews(ledger.db, site)
    if (row.preview_pattern === null && there.length === 0) return
    const heads = row.preview_pattern === null ? new Map<string, string>() : await (await mirrorOf(site)).branches()
    const branches = [...heads.keys()]
      .filter((branch) => isPreviewed(row, branch))
      .toSorted()
      .slice(0, mostPreviews)
    for (const {name, branch} of there) {
      if (branches.includes(branch)) continue
      await setSiteState(ledger.db, name, 'removed')
      log.info({event: 'preview.removed', site, preview: name, branch}, `the preview of ${branch} is over`)
    }
    for (const branch of branches) {
      const known = there.find((preview) => preview.branch === branch)
      const preview = known ?? (await ensurePreview(ledger.db, row, branch, clock.now()))
      await seedPreview(ledger, site, preview.name)
      if ((await newestCommit(ledger, preview.name)) === heads.get(branch)) continue
      await advance(preview.name)
      log.info({event: 'preview.accepted', site, preview: preview.name, branch}, `a preview of ${branch}`)
    }
  } catch (error) {
    log.warn({event: 'preview.failed', site, err: error}, `previews of ${site}: ${explain(error)}`)
  }
}

async function newestCommit({db}: Ledger, site: string): Promise<string | undefined> {
  const all = db.selectFrom('revisions').select('commit_id').where('site', '=', site)
  return (await all.orderBy('number', 'desc').limit(1).executeTakeFirst())?.commit_id
}
