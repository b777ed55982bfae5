import type {Diagnostic, Redirect} from '@broadside/content'
import {createEvent, type Envelope} from '@broadside/contracts'
import {appendEvents, openEnd, type Db, type RevisionsTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {AcceptOptions, AssetChange} from './accept-revision.ts'
import type {Touched} from './follow-history.ts'
import {toPageRow, type JudgedPages} from './judge-pages.ts'
import {aliasesOf, type Candidate} from './judge-posts.ts'
import {fromRecord, type PostMemory, type PostRecord} from './post-memory.ts'
import type {SiteFiles} from './read-site-files.ts'
import {beginPage, beginPosts, endPage, endPost, inChunks, sameVersion, toVersionRow} from './revision-writes.ts'
import {toldPaths} from './told-paths.ts'
import {summarise, type PostChange, type RevisionSummary} from './revision-summary.ts'

/** A revision that was read and judged, before it is written. */
export type Draft = {
  last: RevisionsTable | undefined
  files: SiteFiles
  memory: PostMemory
  accepted: Candidate[]
  /** Present posts whose newest file cannot be taken: their last good version stays. */
  broken: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: ReadonlySet<string>
  pages: JudgedPages
  assets: AssetChange[]
  redirects: Redirect[] | undefined
  touched: Touched
  diagnostics: Diagnostic[]
}

export type AcceptedRevision = {number: number; summary: RevisionSummary}

/** One transaction: versions, memory, diagnostics, timers, what is to be rendered, and the events that tell of it. */
export async function writeRevision(options: AcceptOptions, draft: Draft): Promise<AcceptedRevision> {
  const {ledger, site, commit, cause, asOf, source} = options
  const now = options.now()
  return ledger.transaction(async (db) => {
    const number = await nextNumber(db, site, draft.last)
    const texts = new Map<string, string>([
      [draft.files.settingsHash, draft.files.settingsText],
      [draft.files.themeHash, draft.files.themeText],
    ])
    const changes = await writePosts(db, site, number, draft, texts)
    await writePages(db, site, number, draft, texts)
    await writeAssets(db, site, number, draft)
    await writeRedirects(db, site, number, draft)
    for (const chunk of inChunks([...texts].map(([hash, body]) => ({hash, body})))) {
      await db
        .insertInto('texts')
        .values(chunk)
        .onConflict((c) => c.doNothing())
        .execute()
    }
    await writeMemory(db, options, number, draft, changes)
    await writeDiagnostics(db, site, number, draft.diagnostics)
    const themeChanged = draft.files.themeHash !== draft.last?.theme_hash
    const touchedFiles = await writeChanges(db, site, number, draft, changes, themeChanged)
    const summary = await summarise(db, {site, number, changes, draft, now})
    const events = postEvents(site, number, changes, now)
    await writeRenders(db, site, number, changes, draft, events)
    await db
      .insertInto('revisions')
      .values({
        site,
        number,
        commit_id: commit,
        as_of: asOf,
        cause,
        state: 'accepted',
        settings_hash: draft.files.settingsHash,
        theme_hash: draft.files.themeHash,
        summary: JSON.stringify(summary),
        accepted_at: now,
        rendered_at: null,
      })
      .execute()
    if (draft.last === undefined) {
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
        settings: draft.files.settingsChanged,
        theme: themeChanged,
        redirects: draft.redirects !== undefined,
      },
      now,
    )
    await appendEvents(db, source, [...events, accepted], now)
    return {number, summary}
  })
}

async function nextNumber(db: Db, site: string, last: RevisionsTable | undefined): Promise<number> {
  const row = await db
    .selectFrom('revisions')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
    .executeTakeFirst()
  const newest = Number(row?.number ?? 0)
  if (newest !== (last?.number ?? 0)) {
    throw new BroadsideError('transient', 'revision.raced', `${site}: another revision was accepted meanwhile`)
  }
  return newest + 1
}

async function writePosts(db: Db, site: string, number: number, draft: Draft, texts: Map<string, string>) {
  const changes: PostChange[] = []
  const begin: Parameters<typeof beginPosts>[1] = []
  for (const id of draft.leaving) {
    const current = await db
      .selectFrom('post_versions')
      .selectAll()
      .where('site', '=', site)
      .where('id', '=', id)
      .where('to_revision', '=', openEnd)
      .executeTakeFirst()
    if (current === undefined) continue
    await endPost(db, site, id, number)
    changes.push({id, before: current, after: undefined, rendered: false})
  }
  for (const candidate of draft.accepted) {
    const {record, current} = candidate
    const version = toVersionRow(site, number, candidate)
    texts.set(candidate.source.hash, candidate.source.text)
    const had = await addressesOf(db, site, record, draft)
    const aliases = aliasesOf(version.address, candidate.meta.aliases, had)
    if (current !== undefined && sameVersion(current, version) && (await sameAliases(db, site, record.id, aliases))) {
      continue
    }
    if (current !== undefined) await endPost(db, site, record.id, number)
    begin.push({version, aliases})
    const rendered = version.status === 'live' || version.status === 'scheduled'
    changes.push({id: record.id, before: current, after: version, rendered})
  }
  await beginPosts(db, begin)
  return changes
}

async function addressesOf(db: Db, site: string, record: PostRecord, draft: Draft): Promise<Set<string>> {
  const rows = await db
    .selectFrom('post_addresses')
    .select('address')
    .where('site', '=', site)
    .where('post', '=', record.id)
    .execute()
  return new Set([...rows.map(({address}) => address), ...(draft.touched.addresses.get(record) ?? [])])
}

async function sameAliases(db: Db, site: string, id: string, aliases: string[]): Promise<boolean> {
  const rows = await db
    .selectFrom('aliases')
    .select('address')
    .where('site', '=', site)
    .where('kind', '=', 'post')
    .where('owner', '=', id)
    .where('to_revision', '=', openEnd)
    .orderBy('address')
    .execute()
  return JSON.stringify(rows.map(({address}) => address).toSorted()) === JSON.stringify(aliases)
}

async function writePages(db: Db, site: string, number: number, draft: Draft, texts: Map<string, string>) {
  for (const path of draft.pages.gone) await endPage(db, site, path, number)
  for (const page of draft.pages.accepted) {
    texts.set(page.source.hash, page.source.text)
    await endPage(db, site, page.path, number)
    await beginPage(db, toPageRow(site, number, page), aliasesOf(page.address, page.meta.aliases, []))
  }
}

async function writeAssets(db: Db, site: string, number: number, draft: Draft): Promise<void> {
  for (const {path} of draft.assets) {
    await db
      .updateTable('asset_versions')
      .set({to_revision: number})
      .where('site', '=', site)
      .where('path', '=', path)
      .where('to_revision', '=', openEnd)
      .execute()
  }
  const rows = draft.assets.flatMap((asset) =>
    asset.hash === undefined
      ? []
      : [{site, path: asset.path, from_revision: number, to_revision: openEnd, hash: asset.hash, size: asset.size}],
  )
  for (const chunk of inChunks(rows)) await db.insertInto('asset_versions').values(chunk).execute()
}

async function writeRedirects(db: Db, site: string, number: number, draft: Draft): Promise<void> {
  if (draft.redirects === undefined) return
  await db
    .updateTable('redirect_versions')
    .set({to_revision: number})
    .where('site', '=', site)
    .where('to_revision', '=', openEnd)
    .execute()
  const rows = draft.redirects.map(({from, to, status}) => ({
    site,
    from_address: from,
    to_address: to,
    status,
    from_revision: number,
    to_revision: openEnd,
  }))
  for (const chunk of inChunks(rows)) await db.insertInto('redirect_versions').values(chunk).execute()
}

async function writeMemory(
  db: Db,
  {site, asOf}: AcceptOptions,
  number: number,
  draft: Draft,
  changes: PostChange[],
): Promise<void> {
  const live = new Set(changes.filter(({after}) => after?.status === 'live').map(({id}) => id))
  const records = draft.memory.loaded()
  for (const record of records) if (live.has(record.id)) record.firstLiveRevision ??= number
  const dropped = draft.memory.dropped()
  if (dropped.length > 0) await db.deleteFrom('posts').where('site', '=', site).where('id', 'in', dropped).execute()
  // Paths are unique, and two posts may have changed places: all are cleared before any is set.
  for (const chunk of inChunks(records.map(({id}) => id))) {
    await db.deleteFrom('posts').where('site', '=', site).where('id', 'in', chunk).execute()
  }
  for (const chunk of inChunks(records.map((record) => fromRecord(site, record)))) {
    await db.insertInto('posts').values(chunk).execute()
  }
  const addresses = changes.flatMap(({id, after}) => (after?.status === 'live' ? [{id, address: after.address}] : []))
  for (const [record, had] of draft.touched.addresses) {
    for (const address of had) addresses.push({id: record.id, address})
  }
  const rows = addresses.map(({id, address}) => ({site, post: id, address, since_revision: number}))
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('post_addresses')
      .values(chunk)
      .onConflict((c) => c.doNothing())
      .execute()
  }
  await writeTimers(db, site, draft, asOf)
}

async function writeTimers(db: Db, site: string, draft: Draft, asOf: number): Promise<void> {
  await db
    .deleteFrom('timers')
    .where('site', '=', site)
    .where('owner', '=', 'intake')
    .where('due', '<=', asOf)
    .execute()
  const ids = [...draft.leaving, ...draft.accepted.map(({record}) => record.id)]
  for (const chunk of inChunks(ids)) {
    await db
      .deleteFrom('timers')
      .where('site', '=', site)
      .where('owner', '=', 'intake')
      .where('key', 'in', chunk)
      .execute()
  }
  const timers = draft.accepted.flatMap(({record, nextChangeAt}) =>
    nextChangeAt === undefined ? [] : [{site, owner: 'intake', key: record.id, due: nextChangeAt}],
  )
  for (const chunk of inChunks(timers)) await db.insertInto('timers').values(chunk).execute()
}

async function writeDiagnostics(db: Db, site: string, number: number, diagnostics: Diagnostic[]): Promise<void> {
  const rows = diagnostics.map((found) => ({
    site,
    revision: number,
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

/** What a release compares: everything that may show differently, by kind. */
async function writeChanges(
  db: Db,
  site: string,
  revision: number,
  draft: Draft,
  changes: PostChange[],
  themeChanged: boolean,
) {
  const pages = [...draft.pages.gone, ...draft.pages.accepted.map(({path}) => path)]
  const assets = draft.assets.map(({path}) => path)
  const whole = [
    ...(draft.files.settingsChanged ? ['settings'] : []),
    ...(themeChanged ? ['theme'] : []),
    ...(draft.redirects === undefined ? [] : ['redirects']),
  ]
  const rows = [
    ...changes.map((change) => ({kind: 'post', subject: change.id, change: nameOf(change)})),
    ...draft.broken.map(({id}) => ({kind: 'post', subject: id, change: 'broken'})),
    ...pages.map((path) => ({kind: 'page', subject: path, change: 'touched'})),
    ...assets.map((path) => ({kind: 'asset', subject: path, change: 'touched'})),
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

function nameOf({before, after}: PostChange): string {
  const wasLive = before?.status === 'live'
  if (after?.status === 'live') return wasLive ? 'updated' : 'published'
  return wasLive ? 'removed' : (after?.status ?? 'removed')
}

/** `told`: an event of its own tells of the post, so that its rendering is spread over the renderers. */
async function writeRenders(
  db: Db,
  site: string,
  revision: number,
  changes: PostChange[],
  draft: Draft,
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
  const pages = draft.pages.accepted.map(({path, fragmentKey, source}) => ({
    kind: 'page',
    subject: path,
    fragment_key: fragmentKey,
    source_hash: source.hash,
    file: path,
    told: 0,
  }))
  const rows = [...posts, ...pages].map((row) => ({site, revision, state: 'pending', ...row}))
  for (const chunk of inChunks(rows)) await db.insertInto('renders').values(chunk).execute()
}

function postEvents(site: string, revision: number, changes: PostChange[], now: number): Envelope[] {
  return changes.flatMap((change): Envelope[] => {
    const {id, before, after} = change
    const name = nameOf(change)
    const version = after ?? before
    if (version === undefined) return []
    const {title} = JSON.parse(version.meta) as {title: string}
    const data = {site, revision, post: id, title, address: version.address}
    if (name === 'published') return [createEvent('post.published', {...data, source: version.source_hash}, now)]
    if (name === 'removed' && before?.status === 'live') {
      return [createEvent('post.removed', {...data, address: before.address}, now)]
    }
    const seen = before?.source_hash !== after?.source_hash || before?.address !== after?.address
    return name === 'updated' && seen ? [createEvent('post.updated', {...data, source: version.source_hash}, now)] : []
  })
}
