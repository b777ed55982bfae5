import {ensureSite, openLedger, type Ledger} from '@broadside/ledger'
import {sql} from 'kysely'
import {goLive, site} from '../services/newsletter/test/fill-ledger.ts'

/** A ledger with a site, its readers, and a post that is live and goes to all of them. Gives the ledger, open. */
export async function fillAudience(url: string, {people, body}: {people: number; body: string}): Promise<Ledger> {
  const ledger = await openLedger(url)
  const row = {name: site, remote: 'file:///nowhere', branch: 'main'}
  const urls = {site_url: 'https://bench.example/', audience_url: 'https://bench.example/audience/'}
  await ensureSite(ledger.db, {...row, ...urls}, {id: 'site-1', now: Date.now()})
  await subscribe(ledger, people)
  await goLive(ledger, 1, {})
  await goLive(ledger, 2, {posts: [{id: 'news', body}]})
  return ledger
}

/** All active, without the ceremony of signing up. */
async function subscribe(ledger: Ledger, people: number): Promise<void> {
  for (let from = 0; from < people; from += 10_000) {
    const numbers = sql`with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${Math.min(from + 10_000, people) - 1})`
    await ledger.transaction(async (tx) => {
      await sql`insert into subscribers (site, id, address, key, state, created_at, changed_at) ${numbers}
        select ${site}, printf('s%07d', i), printf('person-%d@readers-%d.example', i, i % 100),
          printf('person-%d@readers-%d.example', i, i % 100), 'active', 0, 0 from n`.execute(tx)
      await sql`insert into audience_journal (site, subscriber, event, state, cause, at) ${numbers}
        select ${site}, printf('s%07d', i), 'vouched', 'active', 'bench', 0 from n`.execute(tx)
    })
  }
}
