import type {Db} from '@broadside/ledger'

/** Sites with a post whose moment has come. */
export async function sitesDue(db: Db, now: number): Promise<string[]> {
  const rows = await db
    .selectFrom('timers')
    .select('site')
    .distinct()
    .where('owner', '=', 'intake')
    .where('due', '<=', now)
    .execute()
  return rows.map(({site}) => site)
}

/** The next moment after `now` at which a post of any site is due. */
export async function nextDue(db: Db, now: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('timers')
    .select('due')
    .where('owner', '=', 'intake')
    .where('due', '>', now)
    .orderBy('due')
    .limit(1)
    .executeTakeFirst()
  return row?.due
}
