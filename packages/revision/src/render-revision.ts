import {bodyBelow, parsePage, parsePost, type Diagnostic, type SiteSettings} from '@broadside/content'
import {createEvent} from '@broadside/contracts'
import {appendEvents, openEnd, stateIs, type Db, type Ledger, type RendersTable} from '@broadside/ledger'
import type {Fragment} from '@broadside/markdown'
import type {RenderPool} from '@broadside/markdown/pool'
import {linkTargets, type LiveMeta, type LivePage} from '@broadside/site'
import {markdownOptions} from './markdown-options.ts'
import {inChunks} from './in-chunks.ts'
import {writeDiagnostics} from './write-changes.ts'

export type RenderOptions = {
  ledger: Ledger
  pool: RenderPool
  /** Who relays the events that are written. */
  source: string
  now: () => number
}

/** Which pending renders of a revision: of these posts, of what no post event tells of, or all. */
export type RenderKey = {site: string; revision: number; of: {posts: string[]} | 'untold' | 'all'}

type Outcome = {row: RendersTable; fragment: Fragment} | {row: RendersTable; diagnostic: Diagnostic}

/**
 * Documents in the hands of the pool at once, which those of another site wait for, and how many of them one transaction
 * settles.
 */
const rowsAtOnce = 64
const rowsTogether = 32

/**
 * Renders what is pending under the key and settles it; a repeat, or a race with another renderer, finds nothing
 * pending and changes nothing. A document that cannot be rendered leaves its last good version in place. The settling
 * that leaves nothing pending marks the revision rendered.
 *
 * @returns how many documents were found pending.
 */
export async function renderRevision(options: RenderOptions, key: RenderKey): Promise<number> {
  let found = 0
  for (;;) {
    const rows = await pendingRenders(options.ledger.db, key)
    const [first] = rows
    if (first === undefined) {
      // A revision that changed no text has nothing pending, and is rendered all the same.
      await options.ledger.transaction((db) => settle(db, options, key.site, []))
      return found
    }
    const settings = await settingsAt(options.ledger.db, first)
    // The pool goes on with the next ones while those that are done are settled.
    const settled = await Promise.allSettled(
      Array.from(inChunks(rows, rowsTogether), async (some) => {
        const outcomes = await Promise.all(some.map((row) => renderOne(options, row, settings)))
        await options.ledger.transaction((db) => settle(db, options, key.site, outcomes))
      }),
    )
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    found += rows.length
    if (rows.length < rowsAtOnce) return found
  }
}

async function pendingRenders(db: Db, {site, revision, of}: RenderKey): Promise<RendersTable[]> {
  let query = db
    .selectFrom('renders')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where(stateIs('pending'))
  if (of === 'untold') query = query.where('told', '=', 0)
  else if (of !== 'all') query = query.where('kind', '=', 'post').where('subject', 'in', of.posts)
  return query.limit(rowsAtOnce).execute()
}

async function renderOne({ledger, pool}: RenderOptions, row: RendersTable, settings: SiteSettings): Promise<Outcome> {
  const known = await ledger.db
    .selectFrom('fragments')
    .select('body')
    .where('key', '=', row.fragment_key)
    .executeTakeFirst()
  if (known !== undefined) return {row, fragment: JSON.parse(known.body) as Fragment}
  const text = await ledger.db
    .selectFrom('texts')
    .select('body')
    .where('hash', '=', row.source_hash)
    .executeTakeFirstOrThrow()
  const parse = row.kind === 'post' ? parsePost : parsePage
  const below = bodyBelow(text.body)
  const parsed = below === undefined ? parse({file: row.file, bytes: Buffer.from(text.body), settings}).post : undefined
  const post = below ?? parsed
  const rendered = await pool.render({
    source: post?.body ?? '',
    file: row.file,
    bodyLine: post?.bodyLine ?? 1,
    markdown: markdownOptions(settings, parsed?.meta.language),
  })
  return rendered.ok ? {row, fragment: rendered.fragment} : {row, diagnostic: rendered.diagnostic}
}

/** The settings that the revision was accepted with: the fragment's key holds their Markdown options. */
async function settingsAt(db: Db, {site, revision}: RendersTable): Promise<SiteSettings> {
  const {body} = await db
    .selectFrom('revisions')
    .innerJoin('texts', 'texts.hash', 'revisions.settings_hash')
    .select('texts.body')
    .where('revisions.site', '=', site)
    .where('revisions.number', '=', revision)
    .executeTakeFirstOrThrow()
  return JSON.parse(body) as SiteSettings
}

async function settle(db: Db, {source, now}: RenderOptions, site: string, outcomes: Outcome[]): Promise<void> {
  for (const outcome of outcomes) {
    if (await isSettled(db, outcome.row)) continue
    if ('fragment' in outcome) await keepFragment(db, outcome.row, outcome.fragment)
    else await keepLastGood(db, outcome.row, outcome.diagnostic)
    await db
      .updateTable('renders')
      .set({state: 'fragment' in outcome ? 'done' : 'failed'})
      .where('site', '=', site)
      .where('revision', '=', outcome.row.revision)
      .where('kind', '=', outcome.row.kind)
      .where('subject', '=', outcome.row.subject)
      .execute()
  }
  await finishRevisions(db, site, source, now())
}

async function isSettled(db: Db, row: RendersTable): Promise<boolean> {
  const found = await db
    .selectFrom('renders')
    .select('state')
    .where('site', '=', row.site)
    .where('revision', '=', row.revision)
    .where('kind', '=', row.kind)
    .where('subject', '=', row.subject)
    .executeTakeFirst()
  return found?.state !== 'pending'
}

async function keepFragment(db: Db, row: RendersTable, fragment: Fragment): Promise<void> {
  const {site, revision, kind, subject} = row
  await db
    .insertInto('fragments')
    .values({key: row.fragment_key, body: JSON.stringify(fragment)})
    .onConflict((c) => c.doNothing())
    .execute()
  let end = openEnd
  let meta: LiveMeta | LivePage['meta'] | undefined
  if (kind === 'post') {
    const version = await db
      .updateTable('post_versions')
      .set({excerpt: fragment.excerpt, words: fragment.words})
      .where('site', '=', site)
      .where('id', '=', subject)
      .where('from_revision', '=', revision)
      .returning(['to_revision', 'meta'])
      .executeTakeFirst()
    end = version?.to_revision ?? openEnd
    if (version !== undefined) meta = JSON.parse(version.meta) as LiveMeta
  } else {
    const version = await db
      .selectFrom('page_versions')
      .select('meta')
      .where('site', '=', site)
      .where('path', '=', subject)
      .where('from_revision', '=', revision)
      .executeTakeFirst()
    if (version !== undefined) meta = JSON.parse(version.meta) as LivePage['meta']
  }
  const links = linkTargets(row.file, fragment, meta).map((target) => ({
    site,
    target,
    kind,
    owner: subject,
    from_revision: revision,
    to_revision: end,
  }))
  for (const chunk of inChunks(links))
    await db
      .insertInto('links')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  await writeDiagnostics(db, row.site, row.revision, fragment.diagnostics)
}

/** The version that cannot be rendered never was; what held before it holds for as long as it would have. */
async function keepLastGood(db: Db, row: RendersTable, diagnostic: Diagnostic): Promise<void> {
  const {site, revision, kind, subject} = row
  await writeDiagnostics(db, row.site, row.revision, [diagnostic])
  const [table, column] = kind === 'post' ? (['post_versions', 'id'] as const) : (['page_versions', 'path'] as const)
  const version = await db
    .selectFrom(table as 'post_versions')
    .select('to_revision')
    .where('site', '=', site)
    .where(column as 'id', '=', subject)
    .where('from_revision', '=', revision)
    .executeTakeFirst()
  const end = version?.to_revision ?? openEnd
  await resume(db, {table, column, site, owner: subject, revision, end})
  if (kind === 'post') await resume(db, {table: 'post_terms', column: 'post', site, owner: subject, revision, end})
  for (const owned of ['links', 'aliases'] as const) {
    await resume(db, {table: owned, column: 'owner', site, owner: subject, revision, end, kind})
  }
  await db
    .updateTable('changes')
    .set({change: 'broken'})
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .execute()
}

type Resumed = {
  table: 'post_versions' | 'post_terms' | 'page_versions' | 'links' | 'aliases'
  column: string
  site: string
  owner: string
  revision: number
  end: number
  kind?: string
}

/** Takes away what began in `revision` and lets what ended there go on until `end`. */
async function resume(db: Db, {table, column, site, owner, revision, end, kind}: Resumed): Promise<void> {
  const mine = db.dynamic.ref<'owner'>(column)
  let begun = db
    .deleteFrom(table as 'links')
    .where('site', '=', site)
    .where(mine, '=', owner)
    .where('from_revision', '=', revision)
  let ended = db
    .updateTable(table as 'links')
    .set({to_revision: end})
    .where('site', '=', site)
    .where(mine, '=', owner)
    .where('to_revision', '=', revision)
  if (kind !== undefined) {
    begun = begun.where('kind', '=', kind)
    ended = ended.where('kind', '=', kind)
  }
  await begun.execute()
  await ended.execute()
}

/**
 * Marks revisions rendered in their order: one whose own documents are done waits for an older one's, since its pages
 * show both.
 */
async function finishRevisions(db: Db, site: string, source: string, now: number): Promise<void> {
  const open = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site)
    .where('state', '=', 'accepted')
    .orderBy('number')
    .execute()
  for (const {number} of open) {
    const waiting = await db
      .selectFrom('renders')
      .select('subject')
      .where('site', '=', site)
      .where('revision', '=', number)
      .where(stateIs('pending'))
      .limit(1)
      .executeTakeFirst()
    if (waiting !== undefined) return
    await db
      .updateTable('revisions')
      .set({state: 'rendered', rendered_at: now})
      .where('site', '=', site)
      .where('number', '=', number)
      .execute()
    await db
      .insertInto('unchecked_links')
      .values({site, revision: number})
      .onConflict((c) => c.doNothing())
      .execute()
    await appendEvents(db, source, [createEvent('revision.rendered', {site, revision: number}, now)], now)
  }
}
