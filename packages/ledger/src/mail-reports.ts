import type {Selectable} from 'kysely'
import type {Db} from './open-ledger.ts'
import type {MailReportsTable} from './tables.ts'

/**
 * What somebody told about one mail: it `bounced` or was `rejected` before it left (`fault` says whose it was), is
 * `delayed`, was `delivered` or `complained` about, or its reader asks to `leave`.
 */
export type MailReportRow = Omit<Selectable<MailReportsTable>, 'id' | 'kind' | 'fault' | 'mail_kind'> & {
  kind: 'bounced' | 'rejected' | 'delayed' | 'delivered' | 'complained' | 'leave'
  fault: 'mailbox' | 'passing' | 'us' | null
  mail_kind: 'edition' | 'letter'
}

/** A mail as its return address names it. */
type MailName = {kind: 'edition' | 'letter'; id: string; subscriber: string}

/** Which site a mail was of and what is known of it; undefined when there never was such a mail. */
export async function findMail(db: Db, mail: MailName): Promise<{site: string; state: string} | undefined> {
  if (mail.kind === 'edition') {
    return db
      .selectFrom('deliveries as d')
      .innerJoin('editions as e', 'e.id', 'd.edition')
      .select(['e.site', 'd.state'])
      .where('d.edition', '=', mail.id)
      .where('d.subscriber', '=', mail.subscriber)
      .executeTakeFirst()
  }
  return db
    .selectFrom('letters')
    .select(['site', 'state'])
    .where('site', 'in', (from) => from.selectFrom('sites').select('name'))
    .where('id', '=', mail.id)
    .where('subscriber', '=', mail.subscriber)
    .executeTakeFirst()
}

/**
 * Writes a report down, in the caller's transaction.
 * @returns false when it is there already, and then nothing is to follow from it again.
 */
export async function addMailReport(db: Db, report: MailReportRow): Promise<boolean> {
  const result = await db
    .insertInto('mail_reports')
    .values(report)
    .onConflict((conflict) => conflict.columns(['source', 'event']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** When mails to somebody came back for a passing reason, ms, since the last one that is known to have arrived. */
export async function passingBounces(db: Db, site: string, subscriber: string): Promise<number[]> {
  const about = db
    .selectFrom('mail_reports')
    .select('at')
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .orderBy('at', 'desc')
  const arrived = await about.where('kind', '=', 'delivered').executeTakeFirst()
  const bounces = about.where('kind', '=', 'bounced').where('fault', '=', 'passing')
  const rows = await bounces
    .where('at', '>', arrived?.at ?? 0)
    .limit(100)
    .execute()
  return rows.map(({at}) => at)
}

/**
 * A mail that was uncertain and of which a report says that the server had it, or that it had not. A row in any other
 * state stays as it is.
 */
export async function settleUncertain(
  db: Db,
  {kind, id, subscriber, site}: MailName & {site: string},
  {state, reply, now}: {state: 'accepted' | 'failed'; reply: string; now: number},
): Promise<boolean> {
  const settled = {state, reply, worker: null, lease_until: null}
  const result =
    kind === 'edition'
      ? await db
          .updateTable('deliveries')
          .set({...settled, changed_at: now})
          .where('edition', '=', id)
          .where('subscriber', '=', subscriber)
          .where('state', '=', 'uncertain')
          .executeTakeFirst()
      : await db
          .updateTable('letters')
          .set(settled)
          .where('site', '=', site)
          .where('id', '=', id)
          .where('state', '=', 'uncertain')
          .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Reports that came while their mail was under way, oldest first. */
export async function waitingReports(db: Db): Promise<(MailReportRow & {id: number})[]> {
  const rows = await db
    .selectFrom('mail_reports')
    .selectAll()
    .where('waits', '=', 1)
    .orderBy('id')
    .limit(1_000)
    .execute()
  return rows as (MailReportRow & {id: number})[]
}

/** Their mails are settled: they wait no longer. */
export async function endWaiting(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('mail_reports')
    .set({waits: 0})
    .where('id', 'in', [...ids])
    .execute()
}

/** Somebody may give a mailbox that was not there another try after this, ms. */
const bounceRestMs = 30 * 86_400_000

/**
 * Why nobody writes to a person at all, not even a letter that they asked for: they complained, or their mailbox was not
 * there a short while ago. Undefined when nothing speaks against it.
 */
export async function whySuppressed(
  db: Db,
  {site, subscriber, now}: {site: string; subscriber: string; now: number},
): Promise<string | undefined> {
  const row = await db
    .selectFrom('mail_reports')
    .select(['kind', 'at'])
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .where((where) =>
      where.or([
        where('kind', '=', 'complained'),
        where.and([
          where('kind', '=', 'bounced'),
          where('fault', '=', 'mailbox'),
          where('at', '>', now - bounceRestMs),
        ]),
      ]),
    )
    .orderBy('at', 'desc')
    .executeTakeFirst()
  if (row === undefined) return undefined
  return `is not written to: ${row.kind} ${new Date(row.at).toISOString().slice(0, 10)}`
}
