import type {Db} from '@broadside/ledger'

const owner = 'publisher'

/**
 * True for the one who finds a timer of the site due by `dueBy`, or finds none; it is set to `next` then. Inside a
 * transaction, so that of several publishers one does the work.
 */
export async function claimSiteTimer(
  db: Db,
  {site, key, dueBy, next}: {site: string; key: string; dueBy: number; next: number},
): Promise<boolean> {
  const row = await db
    .selectFrom('timers')
    .select('due')
    .where('site', '=', site)
    .where('owner', '=', owner)
    .where('key', '=', key)
    .executeTakeFirst()
  if (row !== undefined && row.due > dueBy) return false
  await db
    .insertInto('timers')
    .values({site, owner, key, due: next})
    .onConflict((c) => c.columns(['site', 'owner', 'key']).doUpdateSet({due: next}))
    .execute()
  return true
}
