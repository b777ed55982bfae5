import type {Diagnostic} from '@broadside/content'
import type {Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'
import {eventOf, nameOf} from './post-events.ts'
import type {PostChange} from './write-posts.ts'
import type {Draft} from './write-revision.ts'

/** What a release compares: everything that may show differently, by kind. Gives the paths of files for the event. */
export async function writeChanges(db: Db, site: string, revision: number, draft: Draft, changes: PostChange[]) {
  const pages = [...draft.pages.gone, ...draft.pages.accepted.map(({path}) => path)]
  const assets = draft.assets.map(({path}) => path)
  const whole = [
    ...(draft.files.settingsChanged || draft.urls !== draft.last?.urls ? ['settings'] : []),
    ...(draft.files.themeHash === draft.last?.theme_hash ? [] : ['theme']),
    ...(draft.redirects === undefined ? [] : ['redirects']),
  ]
  function* rows() {
    const row = (kind: string, subject: string, change = 'touched') => ({site, revision, kind, subject, change})
    for (const change of changes) yield row('post', change.id, nameOf(change))
    for (const {id} of draft.broken) yield row('post', id, 'broken')
    for (const path of pages) yield row('page', path)
    for (const path of assets) yield row('asset', path)
    for (const address of leftOnTheWay(draft)) yield row('left', address)
    for (const kind of whole) yield row(kind, '')
  }
  for (const chunk of inChunks(rows())) {
    await db
      .insertInto('changes')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  }
  return {pages, assets}
}

/**
 * Addresses of what came and went between two revisions, which no post or page of either leads to. The first release
 * builds everything anyway.
 */
function leftOnTheWay({last, onTheWay, accepted, pages}: Draft): string[] {
  if (last === undefined) return []
  const shown = new Set(accepted.map(({record}) => record.id))
  const posts = [...onTheWay.postsHad].flatMap(([id, had]) => (shown.has(id) ? [] : [...had.keys()]))
  const pagesNow = new Set(pages.accepted.map(({address}) => address))
  return [...new Set([...posts, ...[...onTheWay.pagesHad.keys()].filter((address) => !pagesNow.has(address))])]
}

/** What is to be rendered. `told`: an event of its own tells of the post, so that renderers share the work. */
export async function writeRenders(
  db: Db,
  site: string,
  revision: number,
  draft: Draft,
  changes: PostChange[],
): Promise<void> {
  const pending = {site, revision, state: 'pending'}
  function* rows() {
    for (const change of changes) {
      const {id, after, rendered} = change
      if (after === undefined || !rendered) continue
      const {fragmentKey: fragment_key, sourceHash: source_hash, path: file} = after
      const told = eventOf(change) === undefined ? 0 : 1
      yield {...pending, kind: 'post', subject: id, fragment_key, source_hash, file, told}
    }
    for (const {path, source} of draft.pages.accepted) {
      const {fragmentKey: fragment_key, hash: source_hash} = source
      yield {...pending, kind: 'page', subject: path, fragment_key, source_hash, file: path, told: 0}
    }
  }
  for (const chunk of inChunks(rows())) await db.insertInto('renders').values(chunk).execute()
}

export async function writeDiagnostics(
  db: Db,
  site: string,
  revision: number,
  diagnostics: Diagnostic[],
): Promise<void> {
  const rows = diagnostics.map((found) => ({
    site,
    revision,
    file: found.file,
    severity: found.severity,
    code: found.code,
    line: found.line ?? null,
    column_number: found.column ?? null,
    message: found.message,
    cure: found.cure ?? null,
  }))
  for (const chunk of inChunks(rows)) await db.insertInto('diagnostics').values(chunk).execute()
}
