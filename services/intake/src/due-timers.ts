import type {Db} from '@broadside/ledger'

/** Sites with a post whose moment has come; one that is paused waits. */
export async function sitesDue(db: Db, now: number): Promise<string[]> {
  const rows = await db
    .selectFrom('timers')
    .innerJoin('sites', 'sites.name', 'timers.site')
    .select('timers.site')
    .distinct()
    .where('timers.owner', '=', 'intake')
    .where('timers.due', '<=', now)
    .where('sites.state', '=', 'active')
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
