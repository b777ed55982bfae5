import type {Db} from './open-ledger.ts'
import type {LanesTable, SendingDaysTable} from './tables.ts'

export type LaneRow = Omit<LanesTable, 'site'>

/** The lanes of a site that are not open at full speed. */
export async function lanesOf(db: Db, site: string): Promise<LaneRow[]> {
  return db
    .selectFrom('lanes')
    .select(['name', 'learned_ms', 'next_at', 'epoch', 'changed_at'])
    .where('site', '=', site)
    .execute()
}

/** Writes lanes as they are now. Whatever is lost of them is learned again. */
export async function writeLanes(db: Db, site: string, lanes: readonly LaneRow[]): Promise<void> {
  for (const {name, ...lane} of lanes) {
    await db
      .insertInto('lanes')
      .values({site, name, ...lane})
      .onConflict((c) => c.columns(['site', 'name']).doUpdateSet(lane))
      .execute()
  }
}

/** How many mails the site sent on the last day on which it sent any; undefined when it never did. */
export async function sendingDayOf(db: Db, site: string): Promise<SendingDaysTable | undefined> {
  return db.selectFrom('sending_days').selectAll().where('site', '=', site).executeTakeFirst()
}

export async function writeSendingDay(db: Db, row: SendingDaysTable): Promise<void> {
  const {site: _site, ...day} = row
  await db
    .insertInto('sending_days')
    .values(row)
    .onConflict((c) => c.column('site').doUpdateSet(day))
    .execute()
}
