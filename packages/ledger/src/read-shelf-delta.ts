import {sql} from 'kysely'
import type {TermKind} from '@broadside/site'
import type {Db} from './open-ledger.ts'
import type {FiledPost, ShelfDelta} from './shelf-delta.ts'
import {holdsAt} from './version-range.ts'

/** With more posts than these, or further apart, counting anew is no dearer. */
const mostPosts = 200
const mostRevisions = 1_000

/**
 * The live posts that differ between two revisions, by the changes that those between them wrote down; undefined where
 * they are many, or where versions that the older one had were collected.
 */
export async function readShelfDelta(
  db: Db,
  site: string,
  {from, to}: {from: number; to: number},
): Promise<ShelfDelta | undefined> {
  if (to - from > mostRevisions) return undefined
  const changed = await db
    .selectFrom('changes')
    .select('subject')
    .distinct()
    .where('site', '=', site)
    .where('revision', '>', from)
    .where('revision', '<=', to)
    .where('kind', '=', 'post')
    .limit(mostPosts + 1)
    .execute()
  if (changed.length > mostPosts) return undefined
  const ids = changed.map(({subject}) => subject)
  const delta = {gone: await filedPosts(db, site, from, ids), come: await filedPosts(db, site, to, ids)}
  // Asked last: it is written down before the first version goes.
  const row = await db.selectFrom('sites').select('collected').where('name', '=', site).executeTakeFirst()
  return from >= (row?.collected ?? 0) ? delta : undefined
}

async function filedPosts(db: Db, site: string, revision: number, ids: string[]): Promise<FiledPost[]> {
  if (ids.length === 0) return []
  const posts = await db
    .selectFrom('post_versions as p')
    .select(['p.id', 'p.day', sql<number>`coalesce(p.updated, p.date)`.as('changedAt')])
    .where('p.site', '=', site)
    .where('p.id', 'in', ids)
    .where('p.status', '=', 'live')
    .where(holdsAt('p', revision))
    .execute()
  const terms = await db
    .selectFrom('post_terms as t')
    .select(['t.post', 't.kind', 't.key', 't.label'])
    .where('t.site', '=', site)
    .where('t.post', 'in', ids)
    .where(holdsAt('t', revision))
    .execute()
  const byPost = Map.groupBy(terms, ({post}) => post)
  return posts.map(({id, day, changedAt}) => ({
    day,
    changedAt,
    terms: (byPost.get(id) ?? []).map(({kind, key, label}) => ({kind: kind as TermKind, key, label})),
  }))
}
