import type {Db} from './open-ledger.ts'
import type {MailCountsTable} from './tables.ts'

/** What a count is made of: one sum, for one edition, link and kind of reader. `url` is empty for an open. */
export type MailCount = Omit<MailCountsTable, 'kind' | 'reader'> & {
  kind: 'open' | 'click'
  /** A person; a mail provider that loads pictures for one; one that loads them for all, read or not; a program. */
  reader: 'person' | 'proxy' | 'preload' | 'machine'
}

/** When an edition began to go out, and when it was through, ms. */
export type EditionTimes = {id: string; frozen_at: number | null; completed_at: number | null}

/** Of those editions that there are, when they went. */
export async function editionTimes(db: Db, ids: string[]): Promise<EditionTimes[]> {
  return db.selectFrom('editions').select(['id', 'frozen_at', 'completed_at']).where('id', 'in', ids).execute()
}

/** Adds to what was counted. A repeat counts twice. */
export async function addMailCounts(db: Db, counts: MailCount[]): Promise<void> {
  for (const row of counts) {
    await db
      .insertInto('mail_counts')
      .values(row)
      .onConflict((c) =>
        c
          .columns(['edition', 'kind', 'url', 'reader'])
          .doUpdateSet((old) => ({count: old('mail_counts.count', '+', row.count)})),
      )
      .execute()
  }
}

/** What was counted of an edition, the most first. */
export async function mailCounts(db: Db, edition: string): Promise<MailCount[]> {
  const rows = db.selectFrom('mail_counts').selectAll().where('edition', '=', edition)
  return (await rows.orderBy('count', 'desc').orderBy('url').execute()) as MailCount[]
}
