import {openEnd, type Db, type PageVersionsTable, type PostVersionsTable} from '@broadside/ledger'
import type {Since} from './candidate.ts'
import {inChunks} from './in-chunks.ts'

/** The versions of these posts that hold now, by id. */
export async function currentPosts(db: Db, site: string, ids: string[]): Promise<Map<string, PostVersionsTable>> {
  const found = new Map<string, PostVersionsTable>()
  for (const chunk of inChunks(ids)) {
    const rows = await db
      .selectFrom('post_versions')
      .selectAll()
      .where('site', '=', site)
      .where('id', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    for (const row of rows) found.set(row.id, row)
  }
  return found
}

/** The versions of these pages that hold now, by path. */
export async function currentPages(db: Db, site: string, paths: string[]): Promise<Map<string, PageVersionsTable>> {
  const found = new Map<string, PageVersionsTable>()
  for (const chunk of inChunks(paths)) {
    const rows = await db
      .selectFrom('page_versions')
      .selectAll()
      .where('site', '=', site)
      .where('path', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    for (const row of rows) found.set(row.path, row)
  }
  return found
}

/** Which posts and pages have one of these addresses now; drafts and expired posts have none. */
export async function holdersOf(db: Db, site: string, addresses: string[]) {
  const posts: Pick<PostVersionsTable, 'id' | 'path' | 'address'>[] = []
  const pages: Pick<PageVersionsTable, 'path' | 'address'>[] = []
  for (const chunk of inChunks([...new Set(addresses)])) {
    posts.push(
      ...(await db
        .selectFrom('post_versions')
        .select(['id', 'path', 'address'])
        .where('site', '=', site)
        .where('address', 'in', chunk)
        .where('to_revision', '=', openEnd)
        .where('status', 'in', ['live', 'scheduled'])
        .execute()),
    )
    pages.push(
      ...(await db
        .selectFrom('page_versions')
        .select(['path', 'address'])
        .where('site', '=', site)
        .where('address', 'in', chunk)
        .where('to_revision', '=', openEnd)
        .execute()),
    )
  }
  return {posts, pages}
}

/** The addresses that each of these posts has had, with since when; every post is in the answer. */
export async function addressesHad(db: Db, site: string, ids: string[]): Promise<Map<string, Map<string, Since>>> {
  const found = new Map(ids.map((id) => [id, new Map<string, Since>()]))
  for (const chunk of inChunks(ids)) {
    const rows = await db
      .selectFrom('post_addresses')
      .select(['post', 'address', 'since_revision', 'nth'])
      .where('site', '=', site)
      .where('post', 'in', chunk)
      .execute()
    for (const {post, address, since_revision: revision, nth} of rows) found.get(post)!.set(address, {revision, nth})
  }
  return found
}

/** The aliases of these posts that hold now, sorted; every post is in the answer. */
export async function currentAliases(db: Db, site: string, ids: string[]): Promise<Map<string, string[]>> {
  const found = new Map(ids.map((id) => [id, [] as string[]]))
  for (const chunk of inChunks(ids)) {
    const rows = await db
      .selectFrom('aliases')
      .select(['owner', 'address'])
      .where('site', '=', site)
      .where('kind', '=', 'post')
      .where('owner', 'in', chunk)
      .where('to_revision', '=', openEnd)
      .execute()
    for (const {owner, address} of rows) found.get(owner)!.push(address)
  }
  for (const aliases of found.values()) aliases.sort()
  return found
}
