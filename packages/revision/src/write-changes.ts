import type {Diagnostic} from '@broadside/content'
import type {Envelope} from '@broadside/contracts'
import type {Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'
import {nameOf} from './post-events.ts'
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
  const rows = [
    ...changes.map((change) => ({kind: 'post', subject: change.id, change: nameOf(change)})),
    ...draft.broken.map(({id}) => ({kind: 'post', subject: id, change: 'broken'})),
    ...pages.map((path) => ({kind: 'page', subject: path, change: 'touched'})),
    ...assets.map((path) => ({kind: 'asset', subject: path, change: 'touched'})),
    ...leftOnTheWay(draft).map((address) => ({kind: 'left', subject: address, change: 'touched'})),
    ...whole.map((kind) => ({kind, subject: '', change: 'touched'})),
  ]
  for (const chunk of inChunks(rows.map((row) => ({site, revision, ...row})))) {
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
  events: Envelope[],
): Promise<void> {
  const told = new Set(events.map(({data}) => ('post' in data ? data.post : '')))
  const posts = changes.flatMap(({id, after, rendered}) =>
    after !== undefined && rendered
      ? [
          {
            kind: 'post',
            subject: id,
            fragment_key: after.fragment_key,
            source_hash: after.source_hash,
            file: after.path,
            told: told.has(id) ? 1 : 0,
          },
        ]
      : [],
  )
  const pages = draft.pages.accepted.map(({path, source}) => ({
    kind: 'page',
    subject: path,
    fragment_key: source.fragmentKey,
    source_hash: source.hash,
    file: path,
    told: 0,
  }))
  const rows = [...posts, ...pages].map((row) => ({site, revision, state: 'pending', ...row}))
  for (const chunk of inChunks(rows)) await db.insertInto('renders').values(chunk).execute()
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
