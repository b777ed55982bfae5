import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createEvent, type Envelope} from '@broadside/contracts'
import {openLedger, type Ledger} from './open-ledger.ts'
import {appendEvents, countWaiting, markPublished, waitingEvents} from './outbox.ts'

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

const live = (release: number): Envelope =>
  createEvent('release.live', {site: 'a', release, revision: 1, commit: 'a'.repeat(40), proof: 'public'}, 0)

test('events wait in the order they were stated, and a repeated fact is one event', async () => {
  await appendEvents(ledger.db, 'publisher', [live(2), live(1)], 10)
  await appendEvents(ledger.db, 'publisher', [live(1), live(3)], 20)
  const waiting = await waitingEvents(ledger.db, 'publisher', 10)
  expect(waiting.map(({body}) => JSON.parse(body))).toEqual([live(2), live(1), live(3)])
  expect(waiting.map(({eventId, subject}) => ({eventId, subject}))).toEqual(
    [live(2), live(1), live(3)].map(({id, subject}) => ({eventId: id, subject})),
  )
})

test('a transaction that fails states nothing', async () => {
  const failing = ledger.transaction(async (db) => {
    await appendEvents(db, 'publisher', [live(1)], 10)
    throw new Error('after all not')
  })
  await expect(failing).rejects.toThrow('after all not')
  expect(await countWaiting(ledger.db)).toBe(0)
})

test('what is marked waits no more, stays where it is when stated again, and keeps its first time', async () => {
  await appendEvents(ledger.db, 'publisher', [live(1), live(2)], 10)
  const [first] = await waitingEvents(ledger.db, 'publisher', 1)
  await markPublished(ledger.db, [first?.id ?? 0], 30)
  await markPublished(ledger.db, [first?.id ?? 0], 40)
  await markPublished(ledger.db, [], 50)
  await appendEvents(ledger.db, 'publisher', [live(1)], 60)
  expect(await countWaiting(ledger.db)).toBe(1)
  const rows = await ledger.db.selectFrom('outbox').select('published_at').orderBy('id').execute()
  expect(rows).toEqual([{published_at: 30}, {published_at: null}])
})

test('thousands are stated at once, each source for itself', async () => {
  const many = Array.from({length: 2_500}, (_, index) => live(index + 1))
  await ledger.transaction((db) => appendEvents(db, 'publisher', many, 10))
  await appendEvents(ledger.db, 'intake', [], 10)
  expect(await countWaiting(ledger.db)).toBe(2_500)
  expect(await countWaiting(ledger.db, 'publisher')).toBe(2_500)
  expect(await countWaiting(ledger.db, 'intake')).toBe(0)
  expect(await waitingEvents(ledger.db, 'publisher', 100)).toHaveLength(100)
})
