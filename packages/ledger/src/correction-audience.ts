import type {Db} from './open-ledger.ts'

/** People of an audience, in order, with the reason of each who is left out; `end` is the cursor behind them. */
export type NextChosen = {chosen: {subscriber: string; reason: string | null}[]; last: boolean; end: string}

/**
 * The audience of a correction: everybody who has a row of the edition that it corrects. It goes to whoever got that
 * mail, or may have got it, and still wants mail; digests led to the page, which says the right thing by now.
 */
export async function nextOfCorrection(
  db: Db,
  corrects: string,
  {site, cursor, limit}: {site: string; cursor: string; limit: number},
): Promise<NextChosen> {
  const rows = await db
    .selectFrom('deliveries as d')
    .leftJoin('subscribers as s', (join) => join.onRef('s.id', '=', 'd.subscriber').on('s.site', '=', site))
    .select(['d.subscriber', 'd.state', 's.state as now'])
    .where('d.edition', '=', corrects)
    .where('d.subscriber', '>', cursor)
    .orderBy('d.subscriber')
    .limit(limit)
    .execute()
  const chosen = rows.map(({subscriber, state, now}) => ({subscriber, reason: whyNot(state, now)}))
  return {chosen, last: rows.length < limit, end: rows.at(-1)?.subscriber ?? cursor}
}

function whyNot(state: string, now: string | null): string | null {
  if (state !== 'accepted' && state !== 'uncertain') return 'did not get the mail that is corrected'
  return now === 'active' ? null : `is ${now ?? 'unknown'} now`
}
