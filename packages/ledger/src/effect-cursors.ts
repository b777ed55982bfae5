import type {Db} from './open-ledger.ts'

/** Up to which number of `fact` (a site's releases, its revisions) the effects are written down; undefined at first. */
export async function effectCursor(db: Db, site: string, fact: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('effect_cursors')
    .select('seen')
    .where('site', '=', site)
    .where('fact', '=', fact)
    .executeTakeFirst()
  return row?.seen
}

/** Moves the cursor `from` to `seen`, in the transaction that writes the effects; false when somebody else has. */
export async function moveEffectCursor(
  db: Db,
  {site, fact, from, seen}: {site: string; fact: string; from: number | undefined; seen: number},
): Promise<boolean> {
  if (from === undefined) {
    const added = await db
      .insertInto('effect_cursors')
      .values({site, fact, seen})
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return (added.numInsertedOrUpdatedRows ?? 0n) > 0n
  }
  const moved = await db
    .updateTable('effect_cursors')
    .set({seen})
    .where('site', '=', site)
    .where('fact', '=', fact)
    .where('seen', '=', from)
    .executeTakeFirst()
  return moved.numUpdatedRows > 0n
}
