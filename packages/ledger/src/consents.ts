import {createHash} from 'node:crypto'
import {keepTexts} from './keep-texts.ts'
import type {Db} from './open-ledger.ts'
import type {ConsentsTable} from './tables.ts'

/**
 * Keeps what shows that somebody asked for the mail, in the caller's transaction: `signed-up` when they gave their
 * address, `confirmed` when they said yes to `text`. A repeat of the same moment is ignored.
 */
export async function keepConsent(
  db: Db,
  {text, ...consent}: Omit<ConsentsTable, 'text_hash' | 'ip'> & {ip: string | undefined; text?: string},
): Promise<void> {
  const hash = text === undefined ? null : createHash('sha256').update(text).digest('hex')
  if (text !== undefined) {
    await keepTexts(db, [{hash: hash!, body: text}])
  }
  await db
    .insertInto('consents')
    .values({...consent, ip: consent.ip ?? null, text_hash: hash})
    .onConflict((c) => c.doNothing())
    .execute()
}

/** The evidence of somebody's consent, oldest first, with the text that was agreed to. */
export async function consentsOf(
  db: Db,
  site: string,
  subscriber: string,
): Promise<(Omit<ConsentsTable, 'text_hash'> & {text: string | null})[]> {
  const rows = await db
    .selectFrom('consents as c')
    .leftJoin('texts as t', 't.hash', 'c.text_hash')
    .select(['c.site', 'c.subscriber', 'c.at', 'c.step', 'c.source', 'c.ip', 't.body as text'])
    .where('c.site', '=', site)
    .where('c.subscriber', '=', subscriber)
    .orderBy('c.at')
    .execute()
  return rows
}
