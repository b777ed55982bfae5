import type {Diagnostic} from '@broadside/content'
import {createEvent} from '@broadside/contracts'
import {appendEvents, openEnd, stateIs, type Db, type LinksTable, type RendersTable} from '@broadside/ledger'
import type {Fragment} from '@broadside/markdown'
import {linkTargets, type LiveMeta, type LivePage} from '@broadside/site'
import {inChunks} from './in-chunks.ts'
import {writeDiagnostics} from './write-changes.ts'

/** `json`: the fragment, as the ledger keeps it. */
type Rendered = {row: RendersTable; fragment: Fragment; json: string}

/** What became of one document. */
export type Outcome = Rendered | {row: RendersTable; diagnostic: Diagnostic}

/**
 * Writes down what rendering gave of documents of one revision, and which revisions are rendered by it. What another
 * renderer has settled meanwhile is left as it is, so a repeat changes nothing.
 */
export async function settleRenders(
  db: Db,
  {source, now}: {source: string; now: () => number},
  site: string,
  outcomes: Outcome[],
): Promise<void> {
  for (const kind of ['post', 'page']) {
    const own = outcomes.filter(({row}) => row.kind === kind)
    const [first] = own
    if (first === undefined) continue
    const of = {site, revision: first.row.revision, kind}
    const pending = await stillPending(db, of, own)
    const open = own.filter(({row}) => pending.has(row.subject))
    const rendered = open.filter((outcome) => 'fragment' in outcome)
    const failed = open.filter((outcome) => 'diagnostic' in outcome)
    await keepFragments(db, rendered)
    for (const {row, diagnostic} of failed) await keepLastGood(db, row, diagnostic)
    await markRenders(db, of, rendered, 'done')
    await markRenders(db, of, failed, 'failed')
  }
  await finishRevisions(db, site, source, now())
}

type Of = {site: string; revision: number; kind: string}

async function stillPending(db: Db, {site, revision, kind}: Of, outcomes: Outcome[]): Promise<Set<string>> {
  const subjects = outcomes.map(({row}) => row.subject)
  const rows = await db
    .selectFrom('renders')
    .select('subject')
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where('kind', '=', kind)
    .where('subject', 'in', subjects)
    .where(stateIs('pending'))
    .execute()
  return new Set(rows.map(({subject}) => subject))
}

async function markRenders(db: Db, {site, revision, kind}: Of, outcomes: Outcome[], state: string): Promise<void> {
  if (outcomes.length === 0) return
  const subjects = outcomes.map(({row}) => row.subject)
  await db
    .updateTable('renders')
    .set({state})
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where('kind', '=', kind)
    .where('subject', 'in', subjects)
    .execute()
}

async function keepFragments(db: Db, outcomes: Rendered[]): Promise<void> {
  const fragments = outcomes.map(({row, json}) => ({key: row.fragment_key, body: json}))
  for (const chunk of inChunks(fragments))
    await db
      .insertInto('fragments')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  const links: LinksTable[] = []
  for (const {row, fragment} of outcomes) {
    const {site, revision, kind, subject} = row
    const {end, meta} = await versionOf(db, row, fragment)
    for (const target of linkTargets(row.file, fragment, meta))
      links.push({site, target, kind, owner: subject, from_revision: revision, to_revision: end})
  }
  for (const chunk of inChunks(links))
    await db
      .insertInto('links')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  for (const {row, fragment} of outcomes) await writeDiagnostics(db, row.site, row.revision, fragment.diagnostics)
}

type Version = {end: number; meta?: LiveMeta | LivePage['meta']}

/** A post's version is told what only rendering shows. */
async function versionOf(db: Db, {site, revision, kind, subject}: RendersTable, fragment: Fragment): Promise<Version> {
  if (kind === 'post') {
    const version = await db
      .updateTable('post_versions')
      .set({excerpt: fragment.excerpt, words: fragment.words})
      .where('site', '=', site)
      .where('id', '=', subject)
      .where('from_revision', '=', revision)
      .returning(['to_revision', 'meta'])
      .executeTakeFirst()
    if (version === undefined) return {end: openEnd}
    return {end: version.to_revision, meta: JSON.parse(version.meta) as LiveMeta}
  }
  const version = await db
    .selectFrom('page_versions')
    .select('meta')
    .where('site', '=', site)
    .where('path', '=', subject)
    .where('from_revision', '=', revision)
    .executeTakeFirst()
  return {end: openEnd, ...(version === undefined ? {} : {meta: JSON.parse(version.meta) as LivePage['meta']})}
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
