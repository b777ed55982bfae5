import type {Db} from './open-ledger.ts'

/** Whether a site, or a preview, is over; of one that was never there nobody can say so. */
export async function isRemoved(db: Db, name: string): Promise<boolean> {
  const row = await db.selectFrom('sites').select('state').where('name', '=', name).executeTakeFirst()
  return row?.state === 'removed'
}
