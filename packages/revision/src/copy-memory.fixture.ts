import {openEnd, type Db, type Ledger, type Tables} from '@broadside/ledger'
import {siteName} from './stage.fixture.ts'

/** A commit that no repository has: what follows it is compared with memory instead of walked to. */
const lostCommit = '0'.repeat(40)

/**
 * Copies what a head's tree cannot give to a fresh ledger, as its newest revision: the memory of posts, the last settings
 * and theme, the last good versions of posts that are broken or wait, and of pages.
 */
export async function copyMemory(from: Db, to: Ledger): Promise<void> {
  const newest = await from.selectFrom('revisions').selectAll().orderBy('number', 'desc').executeTakeFirstOrThrow()
  const current = async (table: keyof Tables) =>
    from
      .selectFrom(table as 'aliases')
      .selectAll()
      .where('to_revision', '=', openEnd)
      .execute() as Promise<Record<string, unknown>[]>
  const posts = await from.selectFrom('posts').selectAll().execute()
  const memory = new Map(posts.map((row) => [row.id, row]))
  const kept = (await current('post_versions')).filter(({id, source_hash}) => {
    const record = memory.get(String(id))!
    return record.source_hash !== source_hash || record.blocked_by !== null
  })
  const pages = await current('page_versions')
  const owners = new Set([
    ...kept.map(({id}) => `post ${String(id)}`),
    ...pages.map(({path}) => `page ${String(path)}`),
  ])
  const isOwned = ({kind, owner}: Record<string, unknown>): boolean => owners.has(`${String(kind)} ${String(owner)}`)
  const copied: Partial<Record<keyof Tables, object[]>> = {
    texts: await from.selectFrom('texts').selectAll().execute(),
    fragments: await from.selectFrom('fragments').selectAll().execute(),
    posts,
    post_addresses: await from.selectFrom('post_addresses').selectAll().execute(),
    waiting_pages: await from.selectFrom('waiting_pages').selectAll().where('address', 'like', 'asset:%').execute(),
    post_versions: kept,
    page_versions: pages,
    aliases: (await current('aliases')).filter(isOwned),
    links: (await current('links')).filter(isOwned),
    post_terms: (await current('post_terms')).filter(({post}) => owners.has(`post ${String(post)}`)),
    revisions: [{...newest, commit_id: lostCommit}],
  }
  await to.transaction(async (db) => {
    for (const [table, rows] of Object.entries(copied)) {
      for (const row of rows) {
        const seeded = 'from_revision' in row ? {...row, from_revision: newest.number} : row
        await db
          .insertInto(table as 'aliases')
          .values(seeded as never)
          .onConflict((c) => c.doNothing())
          .execute()
      }
    }
    await db.updateTable('sites').set({first_revision: newest.number}).where('name', '=', siteName).execute()
  })
}
