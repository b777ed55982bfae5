import type {Envelope} from '@broadside/contracts'
import type {Db} from './open-ledger.ts'

export type WaitingEvent = {id: number; eventId: string; subject: string; body: string}

/** SQLite takes some thousand parameters in one statement; a row of the outbox has five. */
const rowsPerInsert = 500

/**
 * Writes events that `source` (a service's name) states, inside the caller's transaction, so that a fact and its
 * event are kept together or not at all. `now` is in ms. An event that stands there already is left as it is: the
 * same fact may be stated again. Of events that are made as they are asked for a few hundred are held at a time.
 */
export async function appendEvents(db: Db, source: string, envelopes: Iterable<Envelope>, now: number): Promise<void> {
  const append = async (some: Envelope[]): Promise<void> => {
    const rows = some.map((envelope) => ({
      event_id: envelope.id,
      source,
      subject: envelope.subject,
      body: JSON.stringify(envelope),
      created_at: now,
      published_at: null,
    }))
    await db
      .insertInto('outbox')
      .values(rows)
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .execute()
  }
  let some: Envelope[] = []
  for (const envelope of envelopes) {
    some.push(envelope)
    if (some.length < rowsPerInsert) continue
    await append(some)
    some = []
  }
  if (some.length > 0) await append(some)
}

/** The oldest `limit` events of `source` that the stream has not acknowledged, in the order they were stated. */
export async function waitingEvents(db: Db, source: string, limit: number): Promise<WaitingEvent[]> {
  return db
    .selectFrom('outbox')
    .select(['id', 'event_id as eventId', 'subject', 'body'])
    .where('source', '=', source)
    .where('published_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Closes rows that the stream has acknowledged at `now` (ms). A repeat leaves the first time. */
export async function markPublished(db: Db, ids: number[], now: number): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('outbox')
    .set({published_at: now})
    .where('id', 'in', ids)
    .where('published_at', 'is', null)
    .execute()
}

/** How many events wait, of `source` or of all services. */
export async function countWaiting(db: Db, source?: string): Promise<number> {
  let query = db
    .selectFrom('outbox')
    .select((count) => count.fn.countAll<number>().as('waiting'))
    .where('published_at', 'is', null)
  if (source !== undefined) query = query.where('source', '=', source)
  return Number((await query.executeTakeFirstOrThrow()).waiting)
}
