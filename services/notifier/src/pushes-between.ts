import type {Db, RevisionsTable} from '@broadside/ledger'

/** More pushes than this at once are a history that is caught up with, and nobody waits for their statuses. */
const newest = 50

/** Revisions after `after` up to and with `upTo` that came with a push, oldest first; of many the newest. */
export async function pushesBetween(db: Db, site: string, after: number, upTo: number): Promise<RevisionsTable[]> {
  const rows = await db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', site)
    .where('number', '>', after)
    .where('number', '<=', upTo)
    .where('cause', '=', 'push')
    .orderBy('number', 'desc')
    .limit(newest)
    .execute()
  return rows.toReversed()
}
