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
      commit_id: null,
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

export type OpenHint = {id: number; commit: string | null; receivedAt: number}

/** The hints of a site that have not been followed, oldest first; a thousand at most. */
export async function openHintsOf({db}: Ledger, site: string): Promise<OpenHint[]> {
  return db
    .selectFrom('hints')
    .select(['id', 'commit_id as commit', 'received_at as receivedAt'])
    .where('closed_at', 'is', null)
    .where('site', '=', site)
    .orderBy('id')
    .limit(1_000)
    .execute()
}

/** Closes these hints, save those that came again after `now`. */
export async function closeHints({db}: Ledger, hints: readonly OpenHint[], now: number): Promise<void> {
  const ids = hints.map(({id}) => id)
  if (ids.length === 0) return
  await db.updateTable('hints').set({closed_at: now}).where('id', 'in', ids).where('received_at', '<=', now).execute()
}
