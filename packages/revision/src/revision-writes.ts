import {openEnd, type Db, type PageVersionsTable, type PostVersionsTable} from '@broadside/ledger'
import {termsOf, type LiveMeta} from '@broadside/site'
import type {Candidate} from './judge-posts.ts'

/** Rows for one insert: SQLite takes 32,766 values, and smaller statements are compiled faster. */
const rowsPerInsert = 100

export function* inChunks<Row>(rows: Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) yield rows.slice(start, start + rowsPerInsert)
}

/** The row of a post's new version; excerpt and words follow when it is rendered. */
export function toVersionRow(site: string, revision: number, candidate: Candidate): PostVersionsTable {
  const {record, source, meta, status, address, date, updated, day} = candidate
  const {date: _date, updated: _updated, expires, draft: _draft, aliases: _aliases, ...shown} = meta
  return {
    site,
    id: record.id,
    from_revision: revision,
    to_revision: openEnd,
    status,
    path: record.path!,
    address,
    source_hash: source.hash,
    fragment_key: candidate.fragmentKey,
    meta: JSON.stringify(shown),
    date,
    updated: updated ?? null,
    day,
    expires: expires ?? null,
    excerpt: '',
    words: 0,
  }
}

/** Whether readers, lists or timers could tell two versions apart. */
export function sameVersion(a: PostVersionsTable, b: PostVersionsTable): boolean {
  const keys = ['status', 'path', 'address', 'source_hash', 'fragment_key', 'meta', 'date', 'updated', 'day', 'expires']
  return keys.every((key) => a[key as keyof PostVersionsTable] === b[key as keyof PostVersionsTable])
}

/** Ends whatever holds of a post from `revision` on: its version, terms, links and aliases. */
export async function endPost(db: Db, site: string, id: string, revision: number): Promise<void> {
  const ended = {to_revision: revision}
  await db
    .updateTable('post_versions')
    .set(ended)
    .where('site', '=', site)
    .where('id', '=', id)
    .where('to_revision', '=', openEnd)
    .execute()
  await db
    .updateTable('post_terms')
    .set(ended)
    .where('site', '=', site)
    .where('post', '=', id)
    .where('to_revision', '=', openEnd)
    .execute()
  await endOwned(db, site, 'post', id, revision)
}

export async function endPage(db: Db, site: string, path: string, revision: number): Promise<void> {
  await db
    .updateTable('page_versions')
    .set({to_revision: revision})
    .where('site', '=', site)
    .where('path', '=', path)
    .where('to_revision', '=', openEnd)
    .execute()
  await endOwned(db, site, 'page', path, revision)
}

async function endOwned(db: Db, site: string, kind: string, owner: string, revision: number): Promise<void> {
  for (const table of ['links', 'aliases'] as const) {
    await db
      .updateTable(table)
      .set({to_revision: revision})
      .where('site', '=', site)
      .where('kind', '=', kind)
      .where('owner', '=', owner)
      .where('to_revision', '=', openEnd)
      .execute()
  }
}

/** Writes new versions with what hangs on them. The versions before must have ended. */
export async function beginPosts(db: Db, rows: {version: PostVersionsTable; aliases: string[]}[]): Promise<void> {
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('post_versions')
      .values(chunk.map(({version}) => version))
      .execute()
    const terms = chunk.flatMap(({version}) => termRows(version))
    if (terms.length > 0) await db.insertInto('post_terms').values(terms).execute()
    const aliases = chunk.flatMap(({version, aliases: addresses}) =>
      addresses.map((address) => aliasRow(version.site, 'post', version.id, address, version.from_revision)),
    )
    if (aliases.length > 0) await db.insertInto('aliases').values(aliases).execute()
  }
}

/** Only live posts are filed, so that counting a term needs no look at the posts. */
function termRows(version: PostVersionsTable) {
  if (version.status !== 'live') return []
  const meta = JSON.parse(version.meta) as LiveMeta
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
  if (rows.length > 0) await db.insertInto('aliases').values(rows).execute()
}

function aliasRow(site: string, kind: string, owner: string, address: string, revision: number) {
  return {site, address, kind, owner, from_revision: revision, to_revision: openEnd}
}
