import {afterEach, beforeEach, expect, test} from 'vitest'
import {ensureSite, markInDoubt, moveRelease, openLedger, openRelease, recordPuts, type Ledger} from '@broadside/ledger'
import {untilRepaired} from './until-repaired.ts'

const site = 'notes'

let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  const urls = {site_url: 'https://a.example/', audience_url: 'https://b.example/'}
  await ensureSite(ledger.db, {name: site, remote: '/r', branch: 'main', ...urls}, {id: 'a', now: 0})
})
afterEach(() => ledger.close())

const release = async () => (await openRelease(ledger.db, site, 1, 0))!

test('a repair is waited for until its release is proven and done', async () => {
  const first = await release()
  await moveRelease(ledger.db, first, 'planning', {state: 'done', live_at: 1, done_at: 1})
  const row = {site, key: 'a', address: '/a', hash: 'h', headers: '{}', release: 1, etag: null}
  await markInDoubt(ledger.db, [row])
  const isNotYet = () =>
    expect(untilRepaired({patienceMs: -1}, ledger, site)).rejects.toMatchObject({code: 'verify.repair'})
  await isNotYet()
  const second = await release()
  await markInDoubt(ledger.db, [{...row, release: 2}])
  await recordPuts(ledger.db, [{...row, release: 2}])
  await moveRelease(ledger.db, second, 'planning', {state: 'proving'})
  await isNotYet()
  await moveRelease(ledger.db, second, 'proving', {state: 'done', live_at: 2, done_at: 2})
  await untilRepaired({patienceMs: -1}, ledger, site)
})
