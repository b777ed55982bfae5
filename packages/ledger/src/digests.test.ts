import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {parseAddress, type Preferences} from '@broadside/subscribers'
import {
  dueDigests,
  freezeDigestChunk,
  isDigestFrozen,
  openDigest,
  openDigests,
  dueLastDigests,
  openLastDigest,
  openEdition,
  openEnd,
  openLedger,
  recordByAddress,
  recordById,
  savePreferences,
  type Ledger,
  type ReleasesTable,
} from './index.ts'

const site = 'notes'
const dayMs = 86_400_000
/** A Monday, at eight in UTC. */
const monday = Date.parse('2026-11-23T08:00:00Z')
const live = {site, number: 1, revision: 1, shows: null} as ReleasesTable
let ledger: Ledger

beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
})
afterEach(() => ledger.close())

const choose = (id: string, preferences: Preferences, now = monday - 5 * dayMs) =>
  ledger.transaction((tx) => savePreferences(tx, site, {id, preferences, cause: 'test', now}))

async function arrive(id: string, preferences: Preferences): Promise<void> {
  const person = {address: parseAddress(`${id}@readers.example`), newId: id}
  const told = {event: 'vouched', cause: 'test', now: 1} as const
  await ledger.transaction((tx) => recordByAddress(tx, site, {...person, ...told}))
  await choose(id, preferences)
}

/** A post whose edition was frozen at a moment, with these left to wait for the digest. */
async function mail(post: string, frozenAt: number, waiting: string[]): Promise<void> {
  const version = {site, id: post, from_revision: 1, to_revision: openEnd, status: 'live', path: post, address: post}
  const rest = {source_hash: post, fragment_key: post, meta: '{}', date: 1, updated: null, day: '', expires: null}
  await ledger.db
    .insertInto('post_versions')
    .values({...version, ...rest, excerpt: '', words: 1})
    .execute()
  const about = {id: `e-${post}`, site, post, revision: 1, release: 1, state: 'complete', reason: null} as const
  await openEdition(ledger.db, {...about, subject: post}, 1)
  await ledger.db.updateTable('editions').set({frozen_at: frozenAt}).where('id', '=', about.id).execute()
  const row = {edition: about.id, worker: null, lease_until: null, attempt: 0, next_at: 0, changed_at: 1}
  const rows = waiting.map((subscriber) => ({...row, subscriber, state: 'excluded', reply: 'waits for the digest'}))
  await ledger.db.insertInto('deliveries').values(rows).execute()
}

/** Does all that is due; gives the posts of each reader by round. */
async function lookAt(now: number): Promise<string[]> {
  for (const timer of await dueDigests(ledger.db, now)) await ledger.transaction((tx) => openDigest(tx, timer, now))
  for (const timer of await dueLastDigests(ledger.db, now)) {
    await ledger.transaction((tx) => openLastDigest(tx, timer, {live, now}))
  }
  for (const round of await openDigests(ledger.db)) {
    while (!(await ledger.transaction((tx) => freezeDigestChunk(tx, round, {live, now}))));
  }
  const rows = await ledger.db
    .selectFrom('editions as e')
    .innerJoin('deliveries as d', 'd.edition', 'e.id')
    .select(['e.digest', 'e.posts', 'd.subscriber'])
    .where('e.digest', 'is not', null)
    .where('d.state', '=', 'pending')
    .orderBy('e.created_at')
    .orderBy('d.subscriber')
    .execute()
  await ledger.db.updateTable('deliveries').set({state: 'accepted'}).where('state', '=', 'pending').execute()
  return rows.map(({digest, posts, subscriber}) => `${digest?.split(' ')[0]}: ${subscriber} ${posts}`)
}

describe('digests', () => {
  test('bring each reader what waits for them, once, when their own morning comes', async () => {
    await arrive('ann', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('bob', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('cat', {cadence: 'daily', timezone: 'Asia/Tokyo'})
    await arrive('dan', {cadence: 'weekly', timezone: 'America/New_York'})
    await mail('one', monday - 3 * dayMs, ['ann', 'bob', 'cat', 'dan'])
    await mail('two', monday - 2 * dayMs, ['ann'])
    await mail('late', monday + 1, ['ann'])
    const tokyo = monday - dayMs - 9 * 3_600_000
    expect(await lookAt(tokyo)).toEqual(['daily: cat ["one"]'])
    expect((await lookAt(monday)).toSorted()).toEqual(['weekly: ann ["one","two"]', 'weekly: bob ["one"]'])
    expect(await lookAt(monday + 1_000)).toEqual([])
    expect(await lookAt(monday + 5 * 3_600_000)).toEqual(['weekly: dan ["one"]'])
    expect(await lookAt(monday + 7 * dayMs)).toEqual(['weekly: ann ["late"]'])
    expect(await lookAt(monday + 14 * dayMs)).toEqual([])
  })

  test('lose nothing and repeat nothing when somebody chooses another one, or when nobody looked for weeks', async () => {
    await arrive('ann', {cadence: 'daily', timezone: 'UTC'})
    await mail('one', monday - 4 * dayMs, ['ann'])
    expect(await lookAt(monday - 3 * dayMs)).toEqual(['daily: ann ["one"]'])
    await mail('two', monday - 3 * dayMs + 1, ['ann'])
    await choose('ann', {cadence: 'weekly', timezone: 'UTC'}, monday - 3 * dayMs + 2)
    expect(await lookAt(monday - dayMs)).toEqual([])
    expect(await lookAt(monday + 16 * dayMs)).toEqual(['weekly: ann ["two"]'])
    const timers = await ledger.db.selectFrom('timers').select(['key', 'due']).execute()
    expect(timers).toEqual([{key: 'digest weekly UTC', due: monday + 21 * dayMs}])
  })

  test('go on for who left, came back and was the only one', async () => {
    const become = (event: 'unsubscribed' | 'returned', now: number) =>
      ledger.transaction((tx) => recordById(tx, site, {id: 'ann', event, cause: 'test', now}))
    await arrive('ann', {cadence: 'weekly', timezone: 'UTC'})
    await become('unsubscribed', monday - 2 * dayMs)
    expect(await lookAt(monday)).toEqual([])
    expect(await openDigests(ledger.db)).toEqual([])
    await become('returned', monday + dayMs)
    await mail('one', monday + 2 * dayMs, ['ann'])
    expect(await lookAt(monday + 7 * dayMs)).toEqual(['weekly: ann ["one"]'])
    await choose('ann', {cadence: 'daily', timezone: 'UTC'}, monday + 8 * dayMs)
    await lookAt(monday + 14 * dayMs)
    const timers = await ledger.db.selectFrom('timers').select('key').execute()
    expect(timers).toEqual([{key: 'digest daily UTC'}])
  })

  test('come a last time for who chose each post by itself, with what waited', async () => {
    await arrive('ann', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('bob', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('cat', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('dan', {cadence: 'weekly', timezone: 'UTC'})
    await mail('one', monday - 3 * dayMs, ['ann', 'bob', 'dan'])
    await mail('two', monday - 2 * dayMs, ['ann', 'dan'])
    const choice = monday - dayMs
    for (const id of ['ann', 'bob', 'cat', 'dan']) await choose(id, {cadence: 'each'}, choice)
    await choose('bob', {cadence: 'weekly', timezone: 'UTC'}, choice + 1)
    await ledger.db.updateTable('subscribers').set({state: 'unsubscribed'}).where('id', '=', 'dan').execute()
    expect(await lookAt(choice + 2)).toEqual(['last: ann ["one","two"]'])
    expect(await lookAt(monday)).toEqual(['weekly: bob ["one"]'])
    expect(await lookAt(monday + 7 * dayMs)).toEqual([])
  })

  test('come a last time also with a post whose audience was being fixed when somebody chose', async () => {
    await arrive('ann', {cadence: 'weekly', timezone: 'UTC'})
    await mail('one', monday - 3 * dayMs, ['ann'])
    await mail('two', monday - 2 * dayMs, ['ann'])
    const edition = ledger.db.updateTable('editions').where('post', '=', 'two')
    await edition.set({state: 'freezing', frozen_at: null}).execute()
    await choose('ann', {cadence: 'each'}, monday - 2 * dayMs)
    expect(await lookAt(monday - 2 * dayMs)).toEqual(['last: ann ["one"]'])
    await edition.set({state: 'complete', frozen_at: monday - 2 * dayMs + 1}).execute()
    expect(await lookAt(monday - dayMs)).toEqual(['last: ann ["two"]'])
    expect(await ledger.db.selectFrom('timers').select('key').where('key', 'like', 'last %').execute()).toEqual([])
  })

  test('leave out posts that have left, and people who have', async () => {
    await arrive('ann', {cadence: 'weekly', timezone: 'UTC'})
    await arrive('bob', {cadence: 'weekly', timezone: 'UTC'})
    await mail('gone', monday - 3 * dayMs, ['ann', 'bob'])
    await mail('here', monday - 2 * dayMs, ['ann', 'bob'])
    await ledger.db.updateTable('post_versions').set({to_revision: 1}).where('id', '=', 'gone').execute()
    await ledger.db.updateTable('subscribers').set({state: 'unsubscribed'}).where('id', '=', 'bob').execute()
    expect(await lookAt(monday)).toEqual(['weekly: ann ["here"]'])
  })

  test('are put together in chunks, the same whoever does it and wherever it was cut off', async () => {
    const people = Array.from({length: 510}, (_, n) => `p${String(n).padStart(4, '0')}`)
    const row = {site, key: '', name: null, state: 'active', created_at: 0, changed_at: 0, topics: null}
    const rows = people.map((id) => ({...row, id, key: id, address: id, cadence: 'weekly', timezone: 'UTC'}))
    await ledger.db.insertInto('subscribers').values(rows).execute()
    await choose('p0000', {cadence: 'weekly', timezone: 'UTC', topics: ['tag:a']})
    await mail('one', monday - dayMs, people)
    const [timer] = await dueDigests(ledger.db, monday)
    const opened = await Promise.all([1, 2].map(() => ledger.transaction((tx) => openDigest(tx, timer!, monday))))
    expect(opened).toEqual([true, false])
    const [round] = await openDigests(ledger.db)
    const cut = ledger.transaction(async (tx) => {
      await freezeDigestChunk(tx, round!, {live, now: monday})
      throw new Error('killed')
    })
    await expect(cut).rejects.toThrow('killed')
    expect(await ledger.transaction((tx) => freezeDigestChunk(tx, round!, {live, now: monday}))).toBe(false)
    const edition = await ledger.db
      .selectFrom('editions')
      .selectAll()
      .where('digest', 'is not', null)
      .executeTakeFirst()
    expect(edition).toMatchObject({audience: 500, state: 'freezing'})
    expect(await isDigestFrozen(ledger.db, edition!)).toBe(false)
    expect(await ledger.transaction((tx) => freezeDigestChunk(tx, round!, {live, now: monday}))).toBe(true)
    expect(await isDigestFrozen(ledger.db, edition!)).toBe(true)
    expect(await lookAt(monday)).toHaveLength(510)
  })
})
