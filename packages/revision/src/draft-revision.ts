import type {Diagnostic, SiteSettings} from '@broadside/content'
import {pipelineVersion} from '@broadside/markdown'
import {newestOfBranch, type Db} from '@broadside/ledger'
import type {AcceptOptions} from './accept-revision.ts'
import {addAllPages} from './add-all-pages.ts'
import {bundlesOf} from './bundles-of.ts'
import {followHistory, type Touched} from './follow-history.ts'
import {samePlacing} from './follow-settings.ts'
import {createGatherer} from './gather-candidates.ts'
import {judgeRevision} from './judge-revision.ts'
import {createWay} from './judge-way.ts'
import {knownPaths} from './known-paths.ts'
import {createPostMemory} from './post-memory.ts'
import {readAssets, readRedirects} from './read-assets.ts'
import {readSiteFiles} from './read-site-files.ts'
import {createSourceReader} from './source-reader.ts'
import {createStanding} from './standing-on-the-way.ts'
import {settleCase} from './settle-case.ts'
import type {Draft} from './write-revision.ts'

export type DraftedRevision = Pick<AcceptOptions, 'asOf' | 'cause'> & {draft: Draft}

/** What is known of each touched file is held in memory until the revision is written. */
const defaultMaxFiles = 500_000

/** Reads and judges what a revision will be, and keeps its texts and binaries; undefined when there is none to make. */
export async function draftRevision(options: AcceptOptions): Promise<DraftedRevision | undefined> {
  const {ledger, mirror, site, commit, cause} = options
  const db = ledger.db
  const last = await newestOfBranch(db, site)
  const asOf = Math.max(options.asOf, last?.as_of ?? 0)
  const urls = await urlsOf(db, site)
  const moved = last !== undefined && last.urls !== urls
  const upgraded = last !== undefined && last.pipeline !== pipelineVersion
  if (last !== undefined && last.commit_id === commit && cause === 'push' && !moved && !upgraded) return undefined
  if (cause === 'upgrade' && !upgraded) return undefined
  if (cause === 'clock' && !(await isAnyDue(db, site, asOf))) return undefined
  const files = await readSiteFiles(db, mirror, site, commit, last)
  const memory = createPostMemory(db, site)
  const reader = createSourceReader(db, mirror, files.settings)
  const standing = createStanding({db, site, memory, asOf, isFirst: last === undefined})
  const newestFiles: Touched['posts'] = new Map()
  const gathering = {db, site, memory, reader, standing, newestFiles}
  const way = createWay(gathering, files.placingBefore)
  const touched = await followHistory({
    mirror,
    memory,
    reader,
    way,
    newestFiles,
    placing: {before: files.placingBefore, at: files.settings},
    asOf: {before: last?.as_of ?? -Infinity, at: asOf},
    from: last?.commit_id,
    to: commit,
    knownPaths: () => knownPaths(db, site),
    maxFiles: options.maxFiles ?? defaultMaxFiles,
  })
  if (touched.theme || last === undefined) await files.readTheme()

  const diagnostics: Diagnostic[] = [...files.diagnostics, ...touched.diagnostics]
  const rendersAnew = files.markdownChanged || upgraded
  if (rendersAnew) await addAllPages(mirror, commit, touched)
  const isElsewhere = last !== undefined && !samePlacing(way.placing(), files.settings)
  const isEverythingAnew = files.datesOrAddressesChanged || isElsewhere || rendersAnew
  const gatherer = createGatherer({...gathering, placing: files.settings, asOf})
  const judged = await judgeRevision(gatherer, touched, isEverythingAnew)
  diagnostics.push(...judged.diagnostics)
  const names = await settleCase({db, mirror, site, commit}, touched.assets)
  diagnostics.push(...names.diagnostics)
  const assets = await readAssets(options, touched.assets, diagnostics)
  const redirects = touched.redirects ? await readRedirects(mirror, commit, diagnostics) : undefined
  const withImages = await bundlesOf(db, site, memory, touched.assets.keys())
  await reader.keep(judged.texts)
  for (const candidate of judged.accepted) candidate.oid = undefined
  const isSameCommit = last?.commit_id === commit && cause === 'push'
  const why = isSameCommit ? (moved ? 'settings' : 'upgrade') : cause
  const author = why === 'push' ? await authorToTell(options, files.settings) : undefined
  const draft = {
    ...judged,
    author,
    last,
    files,
    urls,
    memory,
    assets,
    names,
    redirects,
    onTheWay: standing,
    withImages,
    diagnostics,
  }
  return {draft, asOf, cause: why}
}

/**
 * Where the author of the commit may be written to, if the site wants that and the operator allows the domain. The
 * author and not the committer, who is the forge itself when it merges.
 */
async function authorToTell(
  {mirror, commit, authorDomains = []}: AcceptOptions,
  {notify}: SiteSettings,
): Promise<string | undefined> {
  if (notify?.failures !== true || authorDomains.length === 0) return undefined
  const info = await mirror.readCommit(commit)
  if (info === undefined) return undefined
  const [, domain = ''] = /^[^\s@<>"]+@([^\s@<>"]+)$/.exec(info.authorEmail) ?? []
  return authorDomains.includes(domain.toLowerCase()) ? info.authorEmail : undefined
}

/** Of two that see the same timers one comes first, and then they are gone. */
async function isAnyDue(db: Db, site: string, asOf: number): Promise<boolean> {
  const row = await db
    .selectFrom('timers')
    .select('due')
    .where('site', '=', site)
    .where('owner', '=', 'intake')
    .where('due', '<=', asOf)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The operator's addresses, which stand in every page: when they change, all of the site is built anew. */
async function urlsOf(db: Db, site: string): Promise<string> {
  const row = await db
    .selectFrom('sites')
    .select(['site_url', 'audience_url'])
    .where('name', '=', site)
    .executeTakeFirst()
  return JSON.stringify([row?.site_url, row?.audience_url])
}
