import {BroadsideError} from '@broadside/runtime'
import type {Db} from './open-ledger.ts'
import {lastLiveRelease, releaseUnderWay} from './releases.ts'
import type {SearchIndexesTable} from './tables.ts'

const chunk = 500

export type SearchIndexRow = SearchIndexesTable

/** The right to write the index of a site, until the lease ends or somebody raises the fence. */
export type SearchClaim = {site: string; fence: number}

/** What there is to know of a site before its index is touched. */
export type SearchWork = {
  index: SearchIndexRow
  /** The revision that readers see. */
  revision: number
  /** When the first revision that the index lacks became live, and when the newest one did; undefined when it has all. */
  waiting: {since: number; newest: number} | undefined
  isReleasing: boolean
}

const none = {revision: 0, version: 0, segments: '[]', tidy_at: null, fence: 0, lease_until: 0}

/** The index of a site as it is recorded; of one that has none, an empty one of revision 0. */
export async function searchIndexOf(db: Db, site: string): Promise<SearchIndexRow> {
  const row = await db.selectFrom('search_indexes').selectAll().where('site', '=', site).executeTakeFirst()
  return row ?? {site, ...none}
}

/** What there is to do for the index of a site, `version` being the one to have; undefined while nothing of it is live. */
export async function searchWork(db: Db, site: string, version: number): Promise<SearchWork | undefined> {
  const live = await lastLiveRelease(db, site)
  if (live === undefined) return undefined
  const index = await searchIndexOf(db, site)
  const isReleasing = (await releaseUnderWay(db, site)) !== undefined
  const isCurrent = live.revision === index.revision && version === index.version
  if (isCurrent) return {index, revision: live.revision, waiting: undefined, isReleasing}
  const first = await db
    .selectFrom('releases')
    .select('live_at')
    .where('site', '=', site)
    .where('live_at', 'is not', null)
    .where('revision', '>', index.revision)
    .orderBy('number')
    .executeTakeFirst()
  const newest = live.live_at ?? 0
  return {index, revision: live.revision, waiting: {since: first?.live_at ?? newest, newest}, isReleasing}
}

/** Claims the index for `leaseMs`; undefined when somebody else has it, or was faster than `seen` is old. */
export async function claimSearchIndex(
  db: Db,
  seen: Pick<SearchIndexRow, 'site' | 'fence'>,
  {now, leaseMs}: {now: number; leaseMs: number},
): Promise<SearchClaim | undefined> {
  const {site, fence} = seen
  await db
    .insertInto('search_indexes')
    .values({site, ...none})
    .onConflict((c) => c.doNothing())
    .execute()
  const claimed = await db
    .updateTable('search_indexes')
    .set({fence: fence + 1, lease_until: now + leaseMs})
    .where('site', '=', site)
    .where('fence', '=', fence)
    .where('lease_until', '<=', now)
    .executeTakeFirst()
  return claimed.numUpdatedRows > 0n ? {site, fence: fence + 1} : undefined
}

/**
 * Moves the end of the lease; asked right before each call to the objects.
 * @throws BroadsideError `search-index.fenced` (uncertain): somebody else goes on with it.
 */
export async function renewSearchClaim(db: Db, claim: SearchClaim, until: number): Promise<void> {
  await update(db, claim, {lease_until: until})
}

/** Records what the index is now, or gives the claim back (`lease_until: 0`). Throws as `renewSearchClaim` does. */
export async function settleSearchIndex(
  db: Db,
  claim: SearchClaim,
  set: Partial<Omit<SearchIndexRow, 'site' | 'fence'>>,
): Promise<void> {
  await update(db, claim, set)
}

async function update(
  db: Db,
  {site, fence}: SearchClaim,
  set: Partial<Omit<SearchIndexRow, 'site' | 'fence'>>,
): Promise<void> {
  const result = await db
    .updateTable('search_indexes')
    .set(set)
    .where('site', '=', site)
    .where('fence', '=', fence)
    .executeTakeFirst()
  if (result.numUpdatedRows > 0n) return
  throw new BroadsideError('uncertain', 'search-index.fenced', `somebody else goes on with the search index of ${site}`)
}

/** Has the index made anew whatever it holds: once files of it were lost. */
export async function outdateSearchIndex(db: Db, site: string): Promise<void> {
  await db.updateTable('search_indexes').set({version: 0}).where('site', '=', site).execute()
}

/** Every file of the index that may lie in the objects, and whether it surely does (`live`) or perhaps (`doubt`). */
export async function searchFilesOf(db: Db, site: string): Promise<Map<string, string>> {
  const rows = await db.selectFrom('search_files').select(['name', 'state']).where('site', '=', site).execute()
  return new Map(rows.map(({name, state}) => [name, state]))
}

/** Written before a file is put or deleted. */
export async function doubtSearchFiles(db: Db, site: string, names: string[]): Promise<void> {
  await setFiles(db, site, names, 'doubt')
}

/** Written after the objects have answered a put. */
export async function confirmSearchFiles(db: Db, site: string, names: string[]): Promise<void> {
  await setFiles(db, site, names, 'live')
}

async function setFiles(db: Db, site: string, names: string[], state: string): Promise<void> {
  for (const some of chunks(names)) {
    await db
      .insertInto('search_files')
      .values(some.map((name) => ({site, name, state})))
      .onConflict((c) => c.columns(['site', 'name']).doUpdateSet({state}))
      .execute()
  }
}

/** Written after the objects have answered a delete. */
export async function dropSearchFiles(db: Db, site: string, names: string[]): Promise<void> {
  for (const some of chunks(names)) {
    await db.deleteFrom('search_files').where('site', '=', site).where('name', 'in', some).execute()
  }
}

function* chunks(names: string[]): Generator<string[]> {
  for (let start = 0; start < names.length; start += chunk) yield names.slice(start, start + chunk)
}
