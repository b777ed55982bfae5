import type {Db} from './open-ledger.ts'

/** What became of webhooks of a site. Times in ms. */
export type HookRecord = {
  /** The last one whose signature was right. */
  verified: {forge: string; at: number} | undefined
  refusedAt: number | undefined
}

export async function hookRecord(db: Db, site: string): Promise<HookRecord> {
  const verified = await db
    .selectFrom('hints')
    .select(['source as forge', 'received_at as at'])
    .where('site', '=', site)
    .where('body_hash', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const refused = await db.selectFrom('hook_refusals').select('refused_at').where('site', '=', site).executeTakeFirst()
  return {verified, refusedAt: refused?.refused_at}
}

/** A hook of the site was refused for its signature at `now` (ms). A repeat keeps the later time. */
export async function noteRefusedHook(db: Db, site: string, now: number): Promise<void> {
  await db
    .insertInto('hook_refusals')
    .values({site, refused_at: now})
    .onConflict((c) => c.column('site').doUpdateSet((e) => ({refused_at: e.ref('excluded.refused_at')})))
    .execute()
}
