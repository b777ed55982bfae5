import type {Db, Ledger} from './open-ledger.ts'
import {openRequest} from './requests.ts'
import {stateIs} from './state-is.ts'

type Asked = {service: string; kind: string; payload: unknown}

/**
 * Asks as `openRequest` does, unless the same was asked before and is open still, or was answered at `since` or later:
 * then gives that. Any number may ask at the same time, and one request is opened.
 *
 * @returns its number, and when it was answered; null while it is open.
 */
export async function askOnce(
  ledger: Ledger,
  {since, now, ...asked}: Asked & {now: number; since: number},
): Promise<{id: number; settledAt: number | null}> {
  return ledger.transaction(async (db) => {
    const same = await db
      .selectFrom('requests')
      .select(['id', 'state', 'settled_at'])
      .where('service', '=', asked.service)
      .where('kind', '=', asked.kind)
      .where('payload', '=', JSON.stringify(asked.payload))
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    const counts = same !== undefined && (same.state === 'open' || (same.settled_at ?? 0) >= since)
    return counts
      ? {id: same.id, settledAt: same.settled_at}
      : {id: await openRequest(db, {...asked, now}), settledAt: null}
  })
}

/** Whether this is asked at this moment, by whomever. */
export async function isAsked(db: Db, {service, kind, payload}: Asked): Promise<boolean> {
  const row = await db
    .selectFrom('requests')
    .select('id')
    .where('service', '=', service)
    .where(stateIs('open'))
    .where('kind', '=', kind)
    .where('payload', '=', JSON.stringify(payload))
    .executeTakeFirst()
  return row !== undefined
}
