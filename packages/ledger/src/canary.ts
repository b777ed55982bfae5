import type {Db} from './open-ledger.ts'

const chunk = 1_000

/**
 * Of the next thousand recipients behind `cursor`, lets `percent` of each domain go before all others, and at least one
 * of the thousand. A repeat chooses the same.
 * @returns the cursor for the next call; undefined when nobody is left.
 */
export async function chooseCanaries(
  db: Db,
  {edition, site, percent, cursor}: {edition: string; site: string; percent: number; cursor: string},
): Promise<string | undefined> {
  const people = await db
    .selectFrom('deliveries as d')
    .innerJoin('subscribers as s', (join) => join.onRef('s.id', '=', 'd.subscriber').on('s.site', '=', site))
    .select(['d.subscriber', 's.address'])
    .where('d.edition', '=', edition)
    .where('d.subscriber', '>', cursor)
    .orderBy('d.subscriber')
    .limit(chunk)
    .execute()
  const domains = Map.groupBy(people, ({address}) => address?.split('@')[1] ?? '')
  // The domains with most readers first, so that the share is that of the whole where domains are many and small.
  const inTurn = [...domains.values()].toSorted((a, b) => b.length - a.length).flat()
  const step = 100 / percent
  const chosen = inTurn.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
  for (let from = 0; from < chosen.length; from += 200) {
    const some = chosen.slice(from, from + 200).map(({subscriber}) => subscriber)
    await db
      .updateTable('deliveries')
      .set({first_share: 1})
      .where('edition', '=', edition)
      .where('state', '=', 'pending')
      .where('attempt', '=', 0)
      .where('subscriber', 'in', some)
      .execute()
  }
  return people.length < chunk ? undefined : people.at(-1)?.subscriber
}

/** How many of an edition's first share bounced or complained since it was frozen, as far as anybody told. */
export async function backfireCounts(
  db: Db,
  {id, site, frozen_at: since}: {id: string; site: string; frozen_at: number | null},
): Promise<{bounced: number; complained: number}> {
  const rows = await db
    .selectFrom('audience_journal as j')
    .innerJoin('deliveries as d', (join) => join.onRef('d.subscriber', '=', 'j.subscriber').on('d.edition', '=', id))
    .select(['j.state', (count) => count.fn.countAll<number>().as('people')])
    .where('j.site', '=', site)
    .where('d.first_share', '=', 1)
    .where('j.at', '>=', since ?? 0)
    .where('j.state', 'in', ['bounced', 'complained'])
    .groupBy('j.state')
    .execute()
  const of = (state: string) => Number(rows.find((row) => row.state === state)?.people ?? 0)
  return {bounced: of('bounced'), complained: of('complained')}
}
