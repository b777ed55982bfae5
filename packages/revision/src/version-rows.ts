import type {PostMeta} from '@broadside/content'
import {openEnd, type Db, type PageVersionsTable, type PostVersionsTable} from '@broadside/ledger'
import {termsOf, type LiveMeta} from '@broadside/site'
import type {Candidate} from './candidate.ts'
import {inChunks} from './in-chunks.ts'

/** The row of a post's new version; excerpt and words follow when it is rendered. */
export function toVersionRow(site: string, revision: number, candidate: Candidate, meta: PostMeta): PostVersionsTable {
  const {record, path, status, address, date, updated, day} = candidate
  const {date: _date, updated: _updated, expires, draft: _draft, aliases: _aliases, ...shown} = meta
  return {
    site,
    id: record.id,
    from_revision: revision,
    to_revision: openEnd,
    status,
    path,
    address,
    source_hash: candidate.sourceHash,
    fragment_key: candidate.fragmentKey,
    meta: JSON.stringify(shown),
    date,
    updated: updated ?? null,
    day,
    expires: expires ?? null,
    excerpt: '',
    words: 0,
    feed_id: meta.feedId ?? null,
  }
}

/** Whether readers, lists or timers could tell two versions apart. */
export function sameVersion(a: PostVersionsTable, b: PostVersionsTable): boolean {
  const keys = ['status', 'path', 'address', 'source_hash', 'fragment_key', 'meta', 'date', 'updated', 'day', 'expires']
  return keys.every((key) => a[key as keyof PostVersionsTable] === b[key as keyof PostVersionsTable])
}

/** Ends whatever holds of these posts from `revision` on: their versions, terms, links and aliases. */
export async function endPosts(db: Db, site: string, ids: string[], revision: number): Promise<void> {
  const ended = {to_revision: revision}
  for (const chunk of inChunks(ids)) {
    await db
      .updateTable('post_versions')
      .set(ended)
      .where('site', '=', site)
      .where('id', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    await db
      .updateTable('post_terms')
      .set(ended)
      .where('site', '=', site)
      .where('post', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    await endOwned(db, site, 'post', chunk, revision)
  }
}

export async function endPages(db: Db, site: string, paths: string[], revision: number): Promise<void> {
  for (const chunk of inChunks(paths)) {
    await db
      .updateTable('page_versions')
      .set({to_revision: revision})
      .where('site', '=', site)
      .where('path', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    await endOwned(db, site, 'page', chunk, revision)
  }
}

async function endOwned(db: Db, site: string, kind: string, owners: string[], revision: number): Promise<void> {
  for (const table of ['links', 'aliases'] as const) {
    await db
      .updateTable(table)
      .set({to_revision: revision})
      .where('site', '=', site)
      .where('kind', '=', kind)
      .where('owner', 'in', owners)
      .where('to_revision', '=', openEnd)
      .execute()
  }
}

/** A version that begins, what its front matter says, and the other addresses that lead to it. */
export type BegunPost = {version: PostVersionsTable; meta: LiveMeta; aliases: string[]}

/** Writes new versions with what hangs on them. The versions before must have ended. */
export async function beginPosts(db: Db, rows: BegunPost[]): Promise<void> {
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('post_versions')
      .values(chunk.map(({version}) => version))
      .execute()
    for (const terms of inChunks(chunk.flatMap(termRows))) {
      await db.insertInto('post_terms').values(terms).execute()
    }
    const aliases = chunk.flatMap(({version, aliases: addresses}) =>
      addresses.map((address) => aliasRow(version.site, 'post', version.id, address, version.from_revision)),
    )
    for (const some of inChunks(aliases)) await db.insertInto('aliases').values(some).execute()
  }
}

/** Only live posts are filed, so that counting a term needs no look at the posts. */
function termRows({version, meta}: BegunPost) {
  if (version.status !== 'live') return []
  return (['tag', 'author', 'series'] as const).flatMap((kind) =>
    termsOf({meta}, kind).map(({key, label}) => ({
      site: version.site,
      kind,
      key,
      label,
      post: version.id,
      date: version.date,
      day: version.day,
      from_revision: version.from_revision,
      to_revision: openEnd,
    })),
  )
}

export async function beginPage(db: Db, row: PageVersionsTable, aliases: string[]): Promise<void> {
  await db.insertInto('page_versions').values(row).execute()
  const rows = aliases.map((address) => aliasRow(row.site, 'page', row.path, address, row.from_revision))
  for (const some of inChunks(rows)) await db.insertInto('aliases').values(some).execute()
}

function aliasRow(site: string, kind: string, owner: string, address: string, revision: number) {
  return {site, address, kind, owner, from_revision: revision, to_revision: openEnd}
}
