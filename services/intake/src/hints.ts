import type {Ledger} from '@broadside/ledger'

/** Keeps what the hook of a repository on this machine told; one that comes again is opened again. */
export async function openHint({db}: Ledger, site: string, delivery: string, now: number): Promise<number> {
  const {id} = await db
    .insertInto('hints')
    .values({
      site,
      source: 'hook',
      delivery: delivery === '' ? String(now) : delivery,
      received_at: now,
      closed_at: null,
      body_hash: null,
    })
    .onConflict((c) => c.columns(['site', 'source', 'delivery']).doUpdateSet({received_at: now, closed_at: null}))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function closeHint({db}: Ledger, id: number, now: number): Promise<void> {
  await db.updateTable('hints').set({closed_at: now}).where('id', '=', id).execute()
}

/** Sites with hints that came before `before` (ms) and have not been followed. */
export async function hintedSites({db}: Ledger, before: number): Promise<string[]> {
  const rows = await db
    .selectFrom('hints')
    .select('site')
    .distinct()
    .where('closed_at', 'is', null)
    .where('received_at', '<', before)
    .execute()
  return rows.map(({site}) => site)
}

/** The newest open hint of a site: what looks at the site after this was asked covers it and those before it. */
export async function newestOpenHint({db}: Ledger, site: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('hints')
    .select('id')
    .where('closed_at', 'is', null)
    .where('site', '=', site)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row?.id
}

/** Closes a site's hints up to that one, save those that came (again) after `now`. */
export async function closeHintsUpTo({db}: Ledger, site: string, id: number, now: number): Promise<void> {
  await db
    .updateTable('hints')
    .set({closed_at: now})
    .where('site', '=', site)
    .where('closed_at', 'is', null)
    .where('id', '<=', id)
    .where('received_at', '<=', now)
    .execute()
}
