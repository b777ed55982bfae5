import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {countDeadLetters, deliveryCounts, listEditions, type DeliveryState} from '@broadside/ledger'
import type {RunFile} from '../../src/home.ts'
import {freshSite, manifestSite, publishedSite, type SiteFiles} from '../published-site.ts'
import {withLedger} from '../starts/start-child.ts'

/** All that a push has led to, for comparing. */
export type Outcome = {
  /** What SQLite says of its file. */
  integrity: string
  deadLetters: number
  /** What lies in the objects, what the ledger says lies there, and what a fresh publish would put there. */
  published: SiteFiles
  manifest: SiteFiles
  fresh: SiteFiles
  editions: {subject: string; state: string; audience: number | null; counts: Record<DeliveryState, number>}[]
  /** For each subscriber: the state of the delivery, and how many mails came. */
  deliveries: {state: string; mails: number}[]
  mails: number
}

/** Reads what came of a push from ledger, objects and the mails that came; Broadside may run or not. */
export async function lookAtOutcome(
  home: string,
  run: Pick<RunFile, 'site' | 'objectsUrl'>,
  mails: {to: string[]}[],
): Promise<Outcome> {
  const database = new DatabaseSync(join(home, 'ledger.db'), {readOnly: true})
  const integrity = [
    database.prepare('pragma integrity_check').all(),
    database.prepare('pragma foreign_key_check').all(),
  ]
  database.close()
  return withLedger(home, async (ledger) => {
    const {db} = ledger
    const editions = await listEditions(db)
    const rows = await db
      .selectFrom('deliveries')
      .innerJoin('subscribers', 'subscribers.id', 'deliveries.subscriber')
      .select(['deliveries.state', 'subscribers.address'])
      .orderBy('subscribers.address')
      .execute()
    return {
      integrity: JSON.stringify(integrity),
      deadLetters: await countDeadLetters(db),
      published: await publishedSite({ledger, run}),
      manifest: await manifestSite({ledger, run}),
      fresh: await freshSite({ledger, run}),
      editions: await Promise.all(
        editions.map(async ({id, subject, state, audience}) => ({
          subject,
          state,
          audience,
          counts: await deliveryCounts(db, id),
        })),
      ),
      deliveries: rows.map(({state, address}) => ({
        state,
        mails: mails.filter(({to}) => to.includes(address ?? '')).length,
      })),
      mails: mails.length,
    }
  })
}
