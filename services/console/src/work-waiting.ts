import {countDeadLetters, countWaiting, openDeliveryStates, stateIs, type Db} from '@broadside/ledger'

/** What the ledger knows of work that is not done, each with the service that does it. */
export type WaitingWork = {what: string; who: string; count: number; isTrouble: boolean}

export async function workWaiting(db: Db): Promise<WaitingWork[]> {
  const renders = await db
    .selectFrom('renders')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where(stateIs('pending'))
    .executeTakeFirst()
  const outputs = await db
    .selectFrom('release_outputs as o')
    .innerJoin('releases as r', (join) => join.onRef('r.site', '=', 'o.site').onRef('r.number', '=', 'o.release'))
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('r.state', 'in', ['planning', 'putting', 'purging', 'proving', 'removing', 'clearing'])
    .where('o.state', '=', 'planned')
    .executeTakeFirst()
  const deliveries = await db
    .selectFrom('deliveries as d')
    .innerJoin('editions as e', 'e.id', 'd.edition')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('e.state', 'in', ['freezing', 'sending', 'paused'])
    .where('d.state', 'in', [...openDeliveryStates])
    .executeTakeFirst()
  const letters = await db
    .selectFrom('letters')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('state', 'in', ['pending', 'deferred', 'submitting'])
    .executeTakeFirst()
  const effects = await db
    .selectFrom('effects')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('state', 'in', ['pending', 'claimed'])
    .executeTakeFirst()
  const requests = await db
    .selectFrom('requests')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where(stateIs('open'))
    .executeTakeFirst()
  const countOf = (row: {count: number} | undefined) => Number(row?.count ?? 0)
  return [
    {what: 'documents to render', who: 'renderer', count: countOf(renders), isTrouble: false},
    {what: 'outputs to put', who: 'publisher', count: countOf(outputs), isTrouble: false},
    {what: 'mails of editions', who: 'newsletter', count: countOf(deliveries), isTrouble: false},
    {what: 'confirmation mails', who: 'newsletter', count: countOf(letters), isTrouble: false},
    {what: 'others to be told', who: 'notifier', count: countOf(effects), isTrouble: false},
    {what: 'requests', who: 'the service asked', count: countOf(requests), isTrouble: false},
    {what: 'events to relay', who: 'NATS', count: await countWaiting(db), isTrouble: false},
    {what: 'given up (dead letters)', who: 'a person', count: await countDeadLetters(db), isTrouble: true},
  ]
}
