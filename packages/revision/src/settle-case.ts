import type {Diagnostic} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {caseFolded, openEnd, type Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'

/** What a revision remembers of files that have another's name, save for case or accents. */
export type SettledCase = {
  /** Files that wait for the name, and are not published. */
  waiting: {path: string; oid: string; address: string}[]
  /** Files that were looked at: what was remembered of them before is over. */
  looked: string[]
  diagnostics: Diagnostic[]
}

/** A file waits among the pages that do, under what its name is to a system that knows no case. */
const waitsFor = (folded: string) => `asset:${folded}`

/**
 * Of files under `assets/` whose names differ in case alone, or in how an accented letter is composed, one is published:
 * who has the name keeps it, else the first by path. To macOS and Windows they are one file, in an author's working
 * copy as well as in a folder that is served from there. Another follows when that one goes. Posts and pages need no
 * such look: their addresses have one spelling.
 *
 * What is not published is taken out of `assets`; what moves up is put in. Costs a look at the tree only then.
 */
export async function settleCase(
  {db, mirror, site, commit}: {db: Db; mirror: Mirror; site: string; commit: string},
  assets: Map<string, string | undefined>,
): Promise<SettledCase> {
  const looked = [...assets.keys()].filter((path) => path.startsWith('assets/'))
  const live = await livePaths(db, site, looked)
  const waited = await waitingPaths(db, site, looked)
  const groups = Map.groupBy(new Set([...looked, ...live, ...waited]), caseFolded)
  const settled: SettledCase = {waiting: [], looked, diagnostics: []}
  const wanted = new Set<string>()
  for (const [folded, paths] of groups) {
    const rank = (path: string) => (live.has(path) ? 0 : waited.has(path) ? 2 : 1)
    const [first, ...others] = paths
      .filter((path) => !assets.has(path) || assets.get(path) !== undefined)
      .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    if (first === undefined) continue
    if (!assets.has(first) && waited.has(first)) wanted.add(first)
    settled.looked.push(...(waited.has(first) ? [first] : []))
    for (const path of others) {
      if (assets.has(path) || live.has(path)) {
        assets.set(path, undefined)
        settled.diagnostics.push(sameName(path, first))
      }
      settled.looked.push(path)
      settled.waiting.push({path, oid: '', address: waitsFor(folded)})
    }
  }
  if (wanted.size > 0)
    for await (const {path, oid} of mirror.listTree(commit)) if (wanted.has(path)) assets.set(path, oid)
  return settled
}

/** Writes who waits now. */
export async function writeWaitingFiles(db: Db, site: string, {waiting, looked}: SettledCase): Promise<void> {
  for (const chunk of inChunks([...new Set(looked)])) {
    await db.deleteFrom('waiting_pages').where('site', '=', site).where('path', 'in', chunk).execute()
  }
  for (const chunk of inChunks(waiting.map((file) => ({site, ...file})))) {
    await db.insertInto('waiting_pages').values(chunk).execute()
  }
}

export function sameName(file: string, other: string): Diagnostic {
  return {
    severity: 'error',
    code: 'file.case',
    file,
    message: `its name differs from ${other} in case or accents alone`,
    cure: 'Rename one of the two: macOS and Windows take them for one file',
  }
}

async function livePaths(db: Db, site: string, paths: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const some of inChunks([...new Set(paths.map(caseFolded))])) {
    const rows = await db
      .selectFrom('asset_versions')
      .select('path')
      .where('site', '=', site)
      .where('folded_path', 'in', some)
      .where('to_revision', '=', openEnd)
      .execute()
    for (const {path} of rows) found.add(path)
  }
  return found
}

async function waitingPaths(db: Db, site: string, paths: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const some of inChunks([...new Set(paths.map((path) => waitsFor(caseFolded(path))))])) {
    const rows = await db
      .selectFrom('waiting_pages')
      .select('path')
      .where('site', '=', site)
      .where('address', 'in', some)
      .execute()
    for (const {path} of rows) found.add(path)
  }
  return found
}
