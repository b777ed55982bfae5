import {afterEach, beforeEach, expect, test} from 'vitest'
import {
  claimSearchIndex,
  ensureSite,
  moveRelease,
  openLedger,
  openRelease,
  renewSearchClaim,
  searchIndexOf,
  searchWork,
  settleSearchIndex,
  type Ledger,
} from './index.ts'

const version = 1
let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  const urls = {site_url: 'https://notes.example/', audience_url: 'https://mail.notes.example/'}
  await ensureSite(ledger.db, {name: 'notes', remote: '/r', branch: 'main', ...urls}, {id: 'notes', now: 0})
})
afterEach(() => ledger.close())

/** A release of the revision that went live at that moment. */
async function released(revision: number, liveAt: number): Promise<void> {
  const release = await openRelease(ledger.db, 'notes', revision, liveAt)
  await moveRelease(ledger.db, release!, 'planning', {state: 'done', live_at: liveAt})
}

const claim = async (now: number) =>
  claimSearchIndex(ledger.db, await searchIndexOf(ledger.db, 'notes'), {now, leaseMs: 100})

test('there is nothing to do before a release is live, and then the time since the first one that is missing counts', async () => {
  expect(await searchWork(ledger.db, 'notes', version)).toBeUndefined()
  await released(1, 1_000)
  await released(2, 2_000)
  expect(await searchWork(ledger.db, 'notes', version)).toMatchObject({
    revision: 2,
    waiting: {since: 1_000, newest: 2_000},
    isReleasing: false,
  })
  const mine = (await claim(3_000))!
  await settleSearchIndex(ledger.db, mine, {revision: 1, version, lease_until: 0})
  expect((await searchWork(ledger.db, 'notes', version))?.waiting).toEqual({since: 2_000, newest: 2_000})
  await settleSearchIndex(ledger.db, mine, {revision: 2})
  expect((await searchWork(ledger.db, 'notes', version))?.waiting).toBeUndefined()
  await openRelease(ledger.db, 'notes', 3, 4_000)
  expect((await searchWork(ledger.db, 'notes', version))?.isReleasing).toBe(true)
})

test('an index of another version is to be made anew, although its revision is live', async () => {
  await released(1, 1_000)
  await settleSearchIndex(ledger.db, (await claim(2_000))!, {revision: 1, version})
  expect((await searchWork(ledger.db, 'notes', version + 1))?.waiting).toEqual({since: 1_000, newest: 1_000})
})

test('one of two has the claim, until its lease ends; then it may not write any more', async () => {
  const seen = await searchIndexOf(ledger.db, 'notes')
  const lease = {now: 1_000, leaseMs: 100}
  const both = await Promise.all([claimSearchIndex(ledger.db, seen, lease), claimSearchIndex(ledger.db, seen, lease)])
  const [first, ...more] = both.filter((one) => one !== undefined)
  expect(more).toEqual([])
  expect(await claim(1_099)).toBeUndefined()
  await renewSearchClaim(ledger.db, first!, 1_200)
  expect(await claim(1_150)).toBeUndefined()

  const second = await claim(1_200)
  expect(second).toBeDefined()
  const fenced = {code: 'search-index.fenced', kind: 'uncertain'}
  await expect(renewSearchClaim(ledger.db, first!, 9_000)).rejects.toMatchObject(fenced)
  await expect(settleSearchIndex(ledger.db, first!, {revision: 7})).rejects.toMatchObject(fenced)
  await settleSearchIndex(ledger.db, second!, {revision: 8})
  expect((await searchIndexOf(ledger.db, 'notes')).revision).toBe(8)
})
