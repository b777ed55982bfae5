import {BroadsideError} from '@broadside/runtime'
import {sql} from 'kysely'
import type {Db} from './open-ledger.ts'
import type {EditionsTable} from './tables.ts'

/** held (reason) → freezing → sending ⇄ paused (reason) → complete, or cancelled before that. */
export type EditionState = 'held' | 'freezing' | 'sending' | 'paused' | 'complete' | 'cancelled'

export type EditionRow = Omit<EditionsTable, 'state'> & {state: EditionState}

/**
 * Opens the one edition that a post, or a choice of posts in a round of digests, ever has.
 * @returns false when it has one already, which stays as it is.
 */
export async function openEdition(
  db: Db,
  edition: Pick<EditionRow, 'id' | 'site' | 'post' | 'revision' | 'release' | 'state' | 'reason' | 'subject'> &
    Partial<Pick<EditionRow, 'digest' | 'posts' | 'corrects' | 'note'>>,
  now: number,
): Promise<boolean> {
  const result = await db
    .insertInto('editions')
    .values({
      digest: null,
      posts: null,
      corrects: null,
      note: null,
      ...edition,
      message_hash: null,
      boundary: null,
      freeze_cursor: null,
      audience: null,
      audience_hash: null,
      attempt: 1,
      progress_at: now,
      created_at: now,
      frozen_at: null,
      go_at: null,
      approved_at: null,
      canary: null,
      canary_at: null,
      completed_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findEdition(db: Db, id: string): Promise<EditionRow | undefined> {
  return (await db.selectFrom('editions').selectAll().where('id', '=', id).executeTakeFirst()) as EditionRow | undefined
}

/** The post that an edition is of, as a correction is of the post that it corrects; of a digest no post is known by it. */
export async function postOfEdition(db: Db, {post, corrects}: Pick<EditionRow, 'post' | 'corrects'>): Promise<string> {
  return corrects === null ? post : ((await findEdition(db, corrects))?.post ?? post)
}

/** Editions, newest first. */
export async function listEditions(
  db: Db,
  {site, limit = 100}: {site?: string | undefined; limit?: number} = {},
): Promise<EditionRow[]> {
  let query = db.selectFrom('editions').selectAll()
  if (site !== undefined) query = query.where('site', '=', site)
  return (await query.orderBy('created_at', 'desc').orderBy('id').limit(limit).execute()) as EditionRow[]
}

/**
 * The edition that a person means: by its id or the beginning of it, or by its post's path, address or slug.
 * @throws BroadsideError `edition.unknown`, `edition.ambiguous` (invalid).
 */
export async function resolveEdition(
  db: Db,
  {site, name}: {site?: string | undefined; name: string},
): Promise<EditionRow> {
  const slug = name.replace(/^\/+|\/+$/g, '')
  let query = db
    .selectFrom('editions as e')
    .leftJoin('posts as m', (join) => join.onRef('m.site', '=', 'e.site').onRef('m.id', '=', 'e.post'))
    .selectAll('e')
    .where((where) =>
      where.or([
        ...(name.length < 4 ? [] : [sql<boolean>`substr(e.id, 1, ${name.length}) = ${name}`]),
        where('m.last_path', '=', name),
        where.exists(
          where
            .selectFrom('post_addresses as a')
            .select('a.address')
            .whereRef('a.site', '=', 'e.site')
            .whereRef('a.post', '=', 'e.post')
            .where((at) =>
              at.or([
                at('a.address', 'in', [name, `/${slug}/`]),
                sql<boolean>`substr(a.address, ${-slug.length - 2}) = ${`/${slug}/`}`,
              ]),
            ),
        ),
      ]),
    )
  if (site !== undefined) query = query.where('e.site', '=', site)
  const found = (await query.orderBy('e.id').limit(2).execute()) as EditionRow[]
  const [edition, other] = found
  if (edition === undefined) {
    throw new BroadsideError('invalid', 'edition.unknown', `there is no edition ${JSON.stringify(name)}`, {
      hint: 'broadside newsletter list shows those there are',
    })
  }
  if (other === undefined) return edition
  throw new BroadsideError('invalid', 'edition.ambiguous', `${JSON.stringify(name)} means more than one edition`, {
    hint: 'Give more of its id',
  })
}

/** Moves an edition on; false when it is in none of `from` any more, and then nothing is changed. */
export async function moveEdition(
  db: Db,
  id: string,
  from: EditionState[],
  set: Partial<Omit<EditionRow, 'id' | 'site' | 'post'>>,
): Promise<boolean> {
  const result = await db
    .updateTable('editions')
    .set(set)
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Held editions whose time to go has come. */
export async function editionsToGo(db: Db, now: number): Promise<EditionRow[]> {
  return (await db
    .selectFrom('editions')
    .selectAll()
    .where('go_at', '<=', now)
    .where('state', '=', 'held')
    .orderBy('go_at')
    .execute()) as EditionRow[]
}

/**
 * Whether a site has sent to more than `people` before, or somebody said that it may. A round of digests is one mailing,
 * however many choices of posts it has.
 */
export async function hasAskedAbove(db: Db, site: string, people: number): Promise<boolean> {
  const row = await db
    .selectFrom('editions')
    .select((e) => e.fn.sum('audience').as('people'))
    .where('site', '=', site)
    .where('frozen_at', 'is not', null)
    .groupBy((e) => e.fn.coalesce('digest', 'id'))
    .having((e) => e.fn.sum('audience'), '>', people)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Editions under way that gave no sign of life since `before`, and cancelled ones that are not wound up. */
export async function editionsToCarry(db: Db, before: number): Promise<EditionRow[]> {
  return (await db
    .selectFrom('editions')
    .selectAll()
    .where((where) =>
      where.or([
        where.and([where('state', 'in', ['freezing', 'sending']), where('progress_at', '<=', before)]),
        where.and([where('state', '=', 'cancelled'), where('completed_at', 'is', null)]),
      ]),
    )
    .orderBy('created_at')
    .execute()) as EditionRow[]
}
