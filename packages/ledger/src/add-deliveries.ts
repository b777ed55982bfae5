import {CompiledQuery} from 'kysely'
import type {Db} from './open-ledger.ts'

/** Somebody of an edition's audience; with a reason they are left out of it. */
export type NewDelivery = {subscriber: string; reason: string | null}

/** Few enough that the statement stays short; most chunks are a multiple of it, so that it is prepared once. */
const insertAtOnce = 250

/** Writes the rows of some recipients, in the caller's transaction: a thousand take a few milliseconds. */
export async function addDeliveries(
  db: Db,
  edition: string,
  people: readonly NewDelivery[],
  {now}: {now: number},
): Promise<void> {
  for (let from = 0; from < people.length; from += insertAtOnce) {
    const some = people.slice(from, from + insertAtOnce)
    const values = some.flatMap(({subscriber, reason}) => [
      edition,
      subscriber,
      reason === null ? 'pending' : 'excluded',
      now,
      reason,
      now,
    ])
    // Written out, since building a query of so many values costs more than running it.
    await db.executeQuery(CompiledQuery.raw(insert(some.length), values))
  }
}

function insert(rows: number): string {
  const row = '(?, ?, ?, 0, ?, ?, ?)'
  const columns = 'edition, subscriber, state, attempt, next_at, reply, changed_at'
  return `insert into deliveries (${columns}) values ${Array<string>(rows).fill(row).join(', ')}`
}
