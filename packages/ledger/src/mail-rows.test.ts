import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {parseAddress, type Preferences, type SubscriberEvent} from '@broadside/subscribers'
import {
  beginSubmitting,
  chooseCanaries,
  claimDeliveries,
  deliveryCounts,
  endLeases,
  findEdition,
  fixBoundary,
  freezeChunk,
  hasDueDelivery,
  nextDueAt,
  openEdition,
  openLedger,
  eraseSubscriber,
  recordByAddress,
  recordById,
  savePreferences,
  releaseClaims,
  settleDeliveries,
  type Ledger,
  type ReadyDelivery,
  type SettledDelivery,
} from './index.ts'

const site = 'notes'
let folder: string
let ledger: Ledger

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-ledger-'))
  ledger = await openLedger(`sqlite://${folder}/ledger.db`)
})
afterEach(async () => {
  await ledger.close()
  await rm(folder, {recursive: true, force: true})
})

const id = (person: number) => `s${String(person).padStart(5, '0')}`
const tell = (person: number, event: SubscriberEvent) =>
  ledger.transaction((tx) => recordById(tx, site, {id: id(person), event, cause: 'test', now: 1}))

const erase = (person: number) =>
  ledger.transaction((tx) =>
    eraseSubscriber(tx, site, {id: id(person), cause: 'test', now: 1, traceOf: ({key}) => `trace of ${key.length}`}),
  )

async function arrive(first: number, last: number, event: SubscriberEvent = 'vouched'): Promise<void> {
  await ledger.transaction(async (tx) => {
    for (let person = first; person <= last; person += 1) {
      const address = parseAddress(`p${person}@readers.example`)
      await recordByAddress(tx, site, {address, newId: id(person), event, cause: 'test', now: 1})
    }
  })
}

async function open(): Promise<void> {
  const about = {id: 'e1', site, post: 'p1', revision: 1, release: 1, state: 'freezing', reason: null} as const
  await openEdition(ledger.db, {...about, subject: 'News'}, 1)
}

async function freeze(): Promise<void> {
  while (!(await freezeChunk(ledger, 'e1', 1)));
}

const rows = async () => {
  const found = await ledger.db.selectFrom('deliveries').select(['subscriber', 'state']).orderBy('subscriber').execute()
  return found.map(({subscriber, state}) => `${subscriber} ${state}`)
}

describe('the freeze', () => {
  test('takes who was active at the boundary, excludes who left since, and leaves out who came since', async () => {
    await arrive(1, 4)
    await arrive(5, 5, 'signed-up')
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    await tell(2, 'unsubscribed')
    await tell(5, 'confirmed')
    await arrive(6, 6)
    await erase(3)
    await freeze()
    expect(await rows()).toEqual(['s00001 pending', 's00002 excluded', 's00003 excluded', 's00004 pending'])
    expect(await findEdition(ledger.db, 'e1')).toMatchObject({state: 'sending', audience: 4})
  })

  test('leaves out who chose other topics, and who gets the post in a digest', async () => {
    await arrive(1, 5)
    const term = {site, post: 'p1', date: 0, day: '2026-11-02', from_revision: 1, to_revision: 9, label: 'x'}
    const terms = [
      {...term, kind: 'tag', key: 'nats'},
      {...term, kind: 'tag', key: 'redis', from_revision: 2},
    ]
    await ledger.db.insertInto('post_terms').values(terms).execute()
    const choose = (person: number, preferences: Preferences) =>
      ledger.transaction((tx) => savePreferences(tx, site, {id: id(person), preferences, cause: 'test', now: 2}))
    expect(await choose(1, {cadence: 'each', topics: ['tag:nats', 'author:ann']})).toBe(true)
    expect(await choose(1, {cadence: 'each', topics: ['author:ann', 'tag:nats']})).toBe(false)
    await choose(2, {cadence: 'each', topics: ['tag:redis']})
    await choose(3, {cadence: 'weekly', timezone: 'UTC', topics: ['tag:nats']})
    await choose(4, {cadence: 'daily', timezone: 'UTC', topics: ['tag:redis']})
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    await freeze()
    const replies = await ledger.db.selectFrom('deliveries').select(['state', 'reply']).orderBy('subscriber').execute()
    expect(replies.map(({state, reply}) => [state, reply])).toEqual([
      ['pending', null],
      ['excluded', 'chose other topics'],
      ['excluded', 'waits for the digest'],
      ['excluded', 'chose other topics'],
      ['pending', null],
    ])
    expect(await findEdition(ledger.db, 'e1')).toMatchObject({audience: 5})
  })

  test('goes on where it was cut off, and gives the same audience and hash as an uncut one', async () => {
    await arrive(1, 2_300)
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    expect(await freezeChunk(ledger, 'e1', 1)).toBe(false)
    expect(await findEdition(ledger.db, 'e1')).toMatchObject({state: 'freezing', audience: 1_000})
    const cut: Ledger = {
      ...ledger,
      transaction: (work) =>
        ledger.transaction(async (tx) => {
          await work(tx)
          throw new Error('killed')
        }),
    }
    await expect(freezeChunk(cut, 'e1', 1)).rejects.toThrow('killed')
    await Promise.all([freeze(), freeze()])
    const {audience, audience_hash: hash} = (await findEdition(ledger.db, 'e1'))!
    expect(audience).toBe(2_300)
    expect((await deliveryCounts(ledger.db, 'e1')).pending).toBe(2_300)
    await ledger.db.deleteFrom('deliveries').execute()
    await ledger.db.deleteFrom('editions').execute()
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    await freeze()
    expect((await findEdition(ledger.db, 'e1'))!.audience_hash).toBe(hash)
  })

  test('writes what it found only from where it found it, and who left in between gets no mail', async () => {
    await arrive(1, 1_200)
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    const overtaken: Ledger = {
      ...ledger,
      async transaction(work) {
        await freezeChunk(ledger, 'e1', 1)
        await tell(7, 'unsubscribed')
        return ledger.transaction(work)
      },
    }
    expect(await freezeChunk(overtaken, 'e1', 1)).toBe(false)
    expect(await findEdition(ledger.db, 'e1')).toMatchObject({state: 'freezing', audience: 1_000})
    await freeze()
    expect(await findEdition(ledger.db, 'e1')).toMatchObject({state: 'sending', audience: 1_200})
    const lease = {worker: 'w', until: 100}
    const people = await ledger.transaction((tx) => claimDeliveries(tx, 'e1', {lease, limit: 10, now: 10}))
    const ready = await ledger.transaction((tx) => beginSubmitting(tx, 'e1', {subscribers: people, lease, now: 10}))
    expect(people).toContain(id(7))
    expect(ready?.map(({subscriber}) => subscriber)).not.toContain(id(7))
  })

  test('keeps the first boundary', async () => {
    await arrive(1, 1)
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    await arrive(2, 2)
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    expect((await findEdition(ledger.db, 'e1'))!.boundary).toBe(1)
  })

  test('opens one edition for a post, ever', async () => {
    await open()
    const again = {id: 'e2', site, post: 'p1', revision: 9, release: 9, state: 'held', reason: null} as const
    expect(await openEdition(ledger.db, {...again, subject: 'Again'}, 1)).toBe(false)
    expect(await findEdition(ledger.db, 'e2')).toBeUndefined()
  })
})

describe('a worker', () => {
  const lease = (worker: string, until = 100) => ({worker, until})
  const claim = (worker: string, now = 10) =>
    ledger.transaction((tx) => claimDeliveries(tx, 'e1', {lease: lease(worker), limit: 10, now}))
  const begin = (worker: string, subscribers: string[], now = 10) =>
    ledger.transaction((tx) => beginSubmitting(tx, 'e1', {subscribers, lease: lease(worker), now}))
  const settle = (worker: string, subscriber: string, state: SettledDelivery['state']) =>
    settleDeliveries(ledger.db, 'e1', {
      worker,
      settled: [{subscriber, state, reply: '', attempt: 1, nextAt: 10}],
      now: 20,
    })

  beforeEach(async () => {
    await arrive(1, 2)
    await open()
    await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
    await freeze()
  })

  test('that paused past its lease can begin with nothing it no longer holds', async () => {
    const claimed = await claim('first')
    await endLeases(ledger.db, 101)
    expect(await claim('second', 102)).toEqual(claimed)
    expect(await begin('first', claimed, 103)).toEqual([])
    expect((await begin('second', claimed, 50))!.map(({subscriber}) => subscriber)).toEqual(claimed)
  })

  test('that paused past its lease cannot begin even before anybody noticed', async () => {
    const claimed = await claim('first')
    expect(await begin('first', claimed, 101)).toEqual([])
  })

  test('that died while submitting leaves doubt, which only its own late answer lifts', async () => {
    const claimed = await claim('first')
    await begin('first', claimed.slice(0, 1))
    await endLeases(ledger.db, 101)
    expect(await rows()).toEqual(['s00001 uncertain', 's00002 pending'])
    await settle('second', 's00001', 'accepted')
    await settle('first', 's00001', 'deferred')
    expect((await rows())[0]).toBe('s00001 uncertain')
    await settle('first', 's00001', 'accepted')
    expect((await rows())[0]).toBe('s00001 accepted')
  })

  test('gets no address of who left, and none at all of an edition that is not sending', async () => {
    const claimed = await claim('first')
    await tell(1, 'unsubscribed')
    expect((await begin('first', claimed))!.map(({subscriber}) => subscriber)).toEqual(['s00002'])
    await ledger.db.updateTable('editions').set({state: 'paused'}).execute()
    expect(await begin('first', claimed)).toBeUndefined()
    await releaseClaims(ledger.db, 'e1', 'first', 20)
    expect(await rows()).toEqual(['s00001 excluded', 's00002 submitting'])
  })

  test('and any other, in any order, with any crash, keep the sum and never begin twice with anybody', async () => {
    await arrive(3, 6)
    const step = fc.record({
      worker: fc.constantFrom('a', 'b', 'c'),
      act: fc.constantFrom('claim', 'begin', 'accept', 'defer', 'crash', 'leave', 'release'),
      person: fc.integer({min: 1, max: 6}),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, {maxLength: 60}), async (steps) => {
        await ledger.db.deleteFrom('deliveries').execute()
        await ledger.db.deleteFrom('editions').execute()
        await ledger.db.updateTable('subscribers').set({state: 'active'}).execute()
        await open()
        await ledger.transaction((tx) => fixBoundary(tx, 'e1'))
        await freeze()
        let now = 10
        const begun = new Map<string, number>()
        for (const {worker, act, person} of steps) {
          now += 1
          const held = {worker, until: now + 5}
          const everybody = [1, 2, 3, 4, 5, 6].map(id)
          if (act === 'claim') await claimDeliveries(ledger.db, 'e1', {lease: held, limit: 2, now})
          else if (act === 'begin') {
            const ready = await beginSubmitting(ledger.db, 'e1', {subscribers: everybody, lease: held, now})
            for (const {subscriber} of ready ?? []) begun.set(subscriber, (begun.get(subscriber) ?? 0) + 1)
          } else if (act === 'crash') await endLeases(ledger.db, now)
          else if (act === 'leave') await tell(person, 'unsubscribed')
          else if (act === 'release') await releaseClaims(ledger.db, 'e1', worker, now)
          else await settle(worker, id(person), act === 'accept' ? 'accepted' : 'deferred')
          if (act === 'defer') {
            // The server did not take it, so it may begin once more.
            const row = (await rows()).find((text) => text === `${id(person)} deferred`)
            if (row !== undefined) begun.delete(id(person))
          }
          const counts = await deliveryCounts(ledger.db, 'e1')
          expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(6)
        }
        expect([...begun.values()].filter((count) => count > 1)).toEqual([])
      }),
    )
  })
})

test('who goes first stays of the share when they are put off, and nobody else joins it', async () => {
  await arrive(1, 200)
  await open()
  await fixBoundary(ledger.db, 'e1')
  await freeze()
  await chooseCanaries(ledger.db, {edition: 'e1', site, percent: 2, cursor: ''})
  const lease = {worker: 'w1', until: 100}
  const claim = (now: number) => claimDeliveries(ledger.db, 'e1', {lease, limit: 200, now, firstOnly: true})
  const share = await claim(1)
  expect(share).toHaveLength(4)
  const [later, deferred, ...answered] = share as [string, string, ...string[]]
  const admit = (people: ReadyDelivery[]) => ({
    go: people.filter(({subscriber}) => subscriber !== later),
    later: [{subscriber: later, at: 20, slot: null}],
  })
  await beginSubmitting(ledger.db, 'e1', {subscribers: share, lease, now: 2, admit})
  const row = {reply: '', attempt: 1, nextAt: 30}
  const settled = [
    ...answered.map((subscriber) => ({...row, subscriber, state: 'accepted' as const})),
    {...row, subscriber: deferred, state: 'deferred' as const},
  ]
  await settleDeliveries(ledger.db, 'e1', {worker: 'w1', settled, now: 3})
  const firstOnly = true
  expect(await hasDueDelivery(ledger.db, 'e1', 19, {firstOnly})).toBe(false)
  expect(await nextDueAt(ledger.db, 'e1', {firstOnly})).toBe(20)
  expect(await deliveryCounts(ledger.db, 'e1', {firstOnly})).toMatchObject({pending: 1, deferred: 1, accepted: 2})
  expect((await claim(30)).toSorted()).toEqual([later, deferred].toSorted())
  expect(await deliveryCounts(ledger.db, 'e1')).toMatchObject({pending: 196, claimed: 2, accepted: 2})
})
