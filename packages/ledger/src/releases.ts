import {sql, type SqlBool} from 'kysely'
import type {SiteChanges} from '@broadside/site'
import {BroadsideError} from '@broadside/runtime'
import {stateIs} from './state-is.ts'
import {newestRendered} from './holds.ts'
import type {Db} from './open-ledger.ts'
import {pinOf, shownAt} from './shown-revision.ts'
import type {ReleasesTable} from './tables.ts'

const underWay = ['planning', 'putting', 'purging', 'proving', 'removing', 'clearing'] as const

/**
 * The way of a release: planning → putting (wave by wave) → purging → proving → live, removing → clearing → done;
 * purging and clearing are for sites with a CDN. `superseded` stands
 * beside it: the release could not go on, and a newer one covers what it left.
 */
export type ReleaseState = (typeof underWay)[number] | 'done' | 'superseded'

/** In the words of the index over such releases. */
const isUnderWay = sql<SqlBool>`state not in ('done', 'superseded')`

export async function findRelease(db: Db, site: string, number: number): Promise<ReleasesTable | undefined> {
  return db.selectFrom('releases').selectAll().where('site', '=', site).where('number', '=', number).executeTakeFirst()
}

/** The one release of the site that is under way. */
export async function releaseUnderWay(db: Db, site: string): Promise<ReleasesTable | undefined> {
  return db
    .selectFrom('releases')
    .selectAll()
    .where('site', '=', site)
    .where(isUnderWay)
    .orderBy('number', 'desc')
    .executeTakeFirst()
}

/**
 * Takes over a release that was silent when it was read: raises its attempt, by which jobs of before know that they come
 * late. False where it has gone on since, or given a sign of life, or somebody else has taken it over.
 */
export async function takeOverRelease(db: Db, release: ReleasesTable, now: number): Promise<boolean> {
  const {site, number, state, attempt, progress_at: seenAt} = release
  const result = await db
    .updateTable('releases')
    .set({attempt: attempt + 1, progress_at: now})
    .where('site', '=', site)
    .where('number', '=', number)
    .where('state', '=', state)
    .where('attempt', '=', attempt)
    .where('progress_at', '=', seenAt)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The newest release that readers have seen. */
export async function lastLiveRelease(db: Db, site: string): Promise<ReleasesTable | undefined> {
  return db
    .selectFrom('releases')
    .selectAll()
    .where('site', '=', site)
    .where('live_at', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The revision that readers are to have: that of a rollback while the site is pinned, else the branch's newest. */
export async function revisionToRelease(db: Db, site: string): Promise<number | undefined> {
  return (await pinOf(db, site))?.revision ?? newestRendered(db, site)
}

/** Opens the next release; undefined when somebody else has one under way. Its number is its fence. */
export async function openRelease(
  db: Db,
  site: string,
  revision: number,
  now: number,
): Promise<ReleasesTable | undefined> {
  if ((await releaseUnderWay(db, site)) !== undefined) return undefined
  const last = await db
    .selectFrom('releases')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
    .executeTakeFirst()
  const shown = await db
    .selectFrom('revisions')
    .select('shows')
    .where('site', '=', site)
    .where('number', '=', revision)
    .executeTakeFirst()
  const row: ReleasesTable = {
    site,
    number: Number(last?.number ?? 0) + 1,
    revision,
    state: 'planning',
    wave: 0,
    attempt: 1,
    planned: 0,
    uploaded: 0,
    removed: 0,
    unchanged: 0,
    proof: null,
    trouble: null,
    opened_at: now,
    progress_at: now,
    proving_at: null,
    live_at: null,
    done_at: null,
    purge: null,
    purging_at: null,
    shows: shown?.shows ?? null,
  }
  await db.insertInto('releases').values(row).execute()
  return row
}

/**
 * The fence: asked right before each call to the objects.
 * @throws BroadsideError `release.fenced` (uncertain): another release goes on, and this one must not write any more.
 */
export async function checkFence(db: Db, site: string, number: number): Promise<void> {
  const row = await db
    .selectFrom('releases')
    .select('state')
    .where('site', '=', site)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row !== undefined && row.state !== 'superseded' && row.state !== 'done') return
  throw new BroadsideError('uncertain', 'release.fenced', `release ${number} of ${site} is over`)
}

/** Moves a release from one state to another; false when it is no longer in `from`. */
export async function moveRelease(
  db: Db,
  release: Pick<ReleasesTable, 'site' | 'number'>,
  from: ReleaseState,
  set: Partial<ReleasesTable>,
): Promise<boolean> {
  const result = await db
    .updateTable('releases')
    .set(set)
    .where('site', '=', release.site)
    .where('number', '=', release.number)
    .where('state', '=', from)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** What differs between two revisions, for the planner; on the way back the same as on the way there. */
export async function changesBetween(db: Db, site: string, one: number, other: number): Promise<SiteChanges> {
  const shown = [await shownAt(db, site, one), await shownAt(db, site, other)]
  const [after, upTo] = [Math.min(...shown), Math.max(...shown)]
  const rows = await db
    .selectFrom('changes')
    .select(['kind', 'subject'])
    .distinct()
    .where('site', '=', site)
    .where('revision', '>', after)
    .where('revision', '<=', upTo)
    .execute()
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({subject}) => subject)
  const any = (kind: string) => rows.some((row) => row.kind === kind)
  return {
    posts: of('post'),
    pages: of('page'),
    assets: of('asset'),
    left: of('left'),
    settings: any('settings'),
    theme: any('theme'),
    redirects: any('redirects'),
  }
}

/** Sites that have a revision rendered and not live, a release under way, or a path in doubt. */
export async function sitesToRelease(db: Db): Promise<string[]> {
  const found = new Set<string>()
  for (const {site} of await db.selectFrom('releases').select('site').where(isUnderWay).execute()) {
    found.add(site)
  }
  for (const {site} of await db.selectFrom('manifest').select('site').distinct().where(stateIs('doubt')).execute()) {
    found.add(site)
  }
  const sites = await db.selectFrom('sites').select('name').where('state', '=', 'active').execute()
  for (const {name} of sites) {
    const wanted = await revisionToRelease(db, name)
    if (wanted !== undefined && wanted !== (await lastLiveRelease(db, name))?.revision) found.add(name)
  }
  return [...found]
}
