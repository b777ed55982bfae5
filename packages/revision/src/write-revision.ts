import type {Redirect} from '@broadside/content'
import {createEvent} from '@broadside/contracts'
import {
  keepTexts,
  appendEvents,
  keepPushAuthor,
  newestOfBranch,
  type Db,
  type PostVersionsTable,
  type RevisionsTable,
} from '@broadside/ledger'
import {pipelineVersion} from '@broadside/markdown'
import {BroadsideError} from '@broadside/runtime'
import type {AcceptOptions} from './accept-revision.ts'
import type {JudgedRevision} from './judge-revision.ts'
import {postEvents} from './post-events.ts'
import type {PostMemory} from './post-memory.ts'
import type {AssetChange} from './read-assets.ts'
import type {SiteFiles} from './read-site-files.ts'
import {reasonToHold} from './reason-to-hold.ts'
import type {SettledCase} from './settle-case.ts'
import {summarise} from './revision-summary.ts'
import type {Standing} from './standing-on-the-way.ts'
import {tellAccepted, type AcceptedRevision} from './tell-accepted.ts'
import {toldPaths} from './told-paths.ts'
import {writeChanges, writeDiagnostics, writeRenders} from './write-changes.ts'
import {writeFiles} from './write-files.ts'
import {writeMemory} from './write-memory.ts'
import {writePosts} from './write-posts.ts'

/** A revision that was read and judged, before it is written. */
export type Draft = Omit<JudgedRevision, 'texts'> & {
  last: RevisionsTable | undefined
  /** Where its author is written to when it fails. */
  author: string | undefined
  files: SiteFiles
  memory: PostMemory
  assets: AssetChange[]
  names: SettledCase
  redirects: Redirect[] | undefined
  /** Where readers find the site and its forms, as the ledger compares them. */
  urls: string
  /** What the commits before the head have left. */
  onTheWay: Pick<Standing, 'postsHad' | 'pagesHad' | 'taken'>
  /** Live posts that may have changed by their images alone. */
  withImages: PostVersionsTable[]
}

/** One transaction: versions, memory, diagnostics, timers, what is to be rendered, and the events that tell of it. */
export async function writeRevision(options: AcceptOptions, draft: Draft): Promise<AcceptedRevision> {
  const {ledger, site, commit, cause, asOf, source} = options
  const {files, last} = draft
  const now = options.now()
  const accepted = await ledger.transaction(async (db) => {
    const number = await nextNumber(db, site, last)
    await writeTexts(db, files)
    const changes = await writePosts(db, site, number, draft)
    await writeFiles(db, site, number, draft)
    await checkTexts(db, site, number)
    await writeMemory(db, options, number, draft, changes)
    await writeDiagnostics(db, site, number, draft.diagnostics)
    const touchedFiles = await writeChanges(db, site, number, draft, changes)
    const summary = await summarise(db, {site, number, changes, draft, now})
    const held = await reasonToHold(db, {site, last, cause, removed: summary.counts.removed})
    if (held !== undefined) {
      summary.held = held
      const hold = {site, revision: number, reason: held, held_at: now, approved_at: null}
      await db.insertInto('holds').values(hold).execute()
    }
    await writeRenders(db, site, number, draft, changes)
    await db
      .insertInto('revisions')
      .values({
        site,
        number,
        commit_id: commit,
        as_of: asOf,
        cause,
        state: 'accepted',
        settings_hash: files.settingsHash,
        theme_hash: files.themeHash,
        urls: draft.urls,
        summary: JSON.stringify(summary),
        accepted_at: now,
        rendered_at: null,
        pipeline: pipelineVersion,
      })
      .execute()
    if (draft.author !== undefined) await keepPushAuthor(db, site, number, draft.author)
    if (last === undefined) {
      await db.updateTable('sites').set({first_revision: number}).where('name', '=', site).execute()
    }
    const accepted = createEvent(
      'revision.accepted',
      {
        site,
        revision: number,
        commit,
        cause: cause as 'push',
        posts: summary.counts,
        pages: toldPaths(touchedFiles.pages),
        assets: toldPaths(touchedFiles.assets),
        settings: files.settingsChanged,
        theme: files.themeHash !== last?.theme_hash,
        redirects: draft.redirects !== undefined,
      },
      now,
    )
    await appendEvents(db, source, postEvents(site, number, changes, now), now)
    await appendEvents(db, source, [accepted], now)
    return {number, summary}
  })
  return tellAccepted(ledger.db, site, accepted)
}

/** Rollbacks take up numbers, and are nothing that a push follows. */
async function nextNumber(db: Db, site: string, last: RevisionsTable | undefined): Promise<number> {
  const newest = await newestOfBranch(db, site)
  if (newest?.number !== last?.number) {
    throw new BroadsideError('transient', 'revision.raced', `${site}: another revision was accepted meanwhile`)
  }
  const row = await db
    .selectFrom('revisions')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
    .executeTakeFirst()
  return Number(row?.number ?? 0) + 1
}

async function writeTexts(db: Db, {settingsHash, settingsText, themeHash, themeText}: SiteFiles): Promise<void> {
  await keepTexts(db, [
    {hash: settingsHash, body: settingsText},
    {hash: themeHash, body: themeText},
  ])
}

/** A text that was there when it was read may have been collected since, for nothing named it until now. */
async function checkTexts(db: Db, site: string, number: number): Promise<void> {
  for (const table of ['post_versions', 'page_versions'] as const) {
    const lacking = await db
      .selectFrom(`${table as 'post_versions'} as v`)
      .leftJoin('texts as t', 't.hash', 'v.source_hash')
      .select('v.path')
      .where('v.site', '=', site)
      .where('v.from_revision', '=', number)
      .where('t.hash', 'is', null)
      .limit(1)
      .executeTakeFirst()
    if (lacking === undefined) continue
    throw new BroadsideError(
      'transient',
      'revision.raced',
      `${site}: the text of ${lacking.path} was collected meanwhile`,
    )
  }
}
