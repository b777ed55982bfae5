import type {Db} from './open-ledger.ts'

const name = 'sending.disarmed'

/**
 * Keeps every mail back until `armSending`: the ledger is a copy, and what was sent after it was made is not in it.
 * Editions under way are paused, since some of their mails may have left since.
 */
export async function disarmSending(db: Db, why: string): Promise<void> {
  await db
    .insertInto('facts')
    .values({name, value: why})
    .onConflict((c) => c.column('name').doUpdateSet({value: why}))
    .execute()
  await db
    .updateTable('editions')
    .set({state: 'paused', reason: why})
    .where('state', 'in', ['freezing', 'sending'])
    .execute()
}

/** Lets mail leave again; false when nothing kept it back. */
export async function armSending(db: Db): Promise<boolean> {
  const result = await db.deleteFrom('facts').where('name', '=', name).executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** Why no mail leaves; undefined when it may. */
export async function whyDisarmed(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('facts').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}
