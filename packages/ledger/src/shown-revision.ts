import type {Db} from './open-ledger.ts'
import type {ReleasesTable, RevisionsTable} from './tables.ts'

/** The revision whose posts, pages and files a release shows: an older one than its own after a rollback. */
export function shownBy({revision, shows}: Pick<ReleasesTable, 'revision' | 'shows'>): number {
  return shows ?? revision
}

/** The same of a revision, which shows an older one if it is a rollback; itself where it is not known. */
export async function shownAt(db: Db, site: string, number: number): Promise<number> {
  const row = await db
    .selectFrom('revisions')
    .select('shows')
    .where('site', '=', site)
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.shows ?? number
}

/** The newest revision that the branch itself has led to, so no rollback: what the next push goes on from. */
export async function newestOfBranch(db: Db, site: string): Promise<RevisionsTable | undefined> {
  return db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', site)
    .where('shows', 'is', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The rollback that a site is held at. */
export async function pinOf(db: Db, site: string): Promise<{revision: number; shows: number} | undefined> {
  const row = await db
    .selectFrom('sites as s')
    .innerJoin('revisions as r', (join) => join.onRef('r.site', '=', 's.name').onRef('r.number', '=', 's.pinned'))
    .select(['r.number', 'r.shows'])
    .where('s.name', '=', site)
    .executeTakeFirst()
  return row === undefined ? undefined : {revision: row.number, shows: row.shows ?? row.number}
}
