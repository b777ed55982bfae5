import type {Db} from './open-ledger.ts'
import type {TextsTable} from './tables.ts'

/** Keeps texts under the hashes of their bodies, a few hundred at most; what is there stays as it is. */
export async function keepTexts(db: Db, texts: TextsTable[]): Promise<void> {
  if (texts.length === 0) return
  await db
    .insertInto('texts')
    .values(texts)
    .onConflict((c) => c.doNothing())
    .execute()
}
