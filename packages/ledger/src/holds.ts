import type {Db} from './open-ledger.ts'
import type {HoldsTable} from './tables.ts'

/** What waits for a yes in a site, the newest first; a newer revision that waits for none has put the older ones right. */
export async function openHolds(db: Db, site: string): Promise<HoldsTable[]> {
  return db
    .selectFrom('holds')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '>', (await newestFree(db, site)) ?? 0)
    .where('approved_at', 'is', null)
    .orderBy('revision', 'desc')
    .execute()
}

/** Lets the held revisions up to and with `revision` go; gives their numbers, none when it was done before. */
export async function approveHolds(db: Db, site: string, revision: number, now: number): Promise<number[]> {
  const rows = await db
    .updateTable('holds')
    .set({approved_at: now})
    .where('site', '=', site)
    .where('revision', '<=', revision)
    .where('approved_at', 'is', null)
    .returning('revision')
    .execute()
  return rows.map((row) => row.revision)
}

/** The newest revision that is not held. */
export async function newestFree(db: Db, site: string): Promise<number | undefined> {
  const row = await freeRevisions(db, site).orderBy('r.number', 'desc').limit(1).executeTakeFirst()
  return row?.number
}

export async function newestRendered(db: Db, site: string): Promise<number | undefined> {
  const rendered = freeRevisions(db, site).where('r.state', '=', 'rendered')
  const row = await rendered.orderBy('r.number', 'desc').limit(1).executeTakeFirst()
  return row?.number
}

/** Rollbacks are released by their pin alone, and are none of these. */
function freeRevisions(db: Db, site: string) {
  return db
    .selectFrom('revisions as r')
    .select('r.number')
    .where('r.site', '=', site)
    .where('r.shows', 'is', null)
    .where(({not, exists, selectFrom}) =>
      not(
        exists(
          selectFrom('holds as h')
            .select('h.revision')
            .whereRef('h.site', '=', 'r.site')
            .whereRef('h.revision', '=', 'r.number')
            .where('h.approved_at', 'is', null),
        ),
      ),
    )
}
