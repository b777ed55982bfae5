import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {countWaiting} from '@broadside/ledger'
import {revisions, startBed, until, type Bed} from '../test/start-bed.ts'
import {streamName} from './ensure-stream.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

const messages = () => bed.manager(async (manager) => (await manager.streams.info(streamName)).state.messages)

test('what stands in the outbox is published in order and marked', async () => {
  await bed.state(revisions(1, 1_250))
  await bed.bus('intake').start()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await messages()).toBe(1_250)
  const bodies = await bed.manager(async (manager) =>
    Promise.all(
      [1, 2, 500, 501, 1_250].map(async (seq) => (await manager.streams.getMessage(streamName, {seq}))?.json<never>()),
    ),
  )
  expect(bodies).toEqual(revisions(1, 1_250).filter((_, index) => [0, 1, 499, 500, 1_249].includes(index)))
})

test('a service relays its own rows alone', async () => {
  await bed.state(revisions(1), 'intake')
  await bed.state(revisions(2), 'renderer')
  await bed.bus('renderer').start()
  await until(async () => (await countWaiting(bed.ledger.db, 'renderer')) === 0)
  expect(await countWaiting(bed.ledger.db, 'intake')).toBe(1)
})

test('a row that was published before a kill, and not marked, is in the stream once', async () => {
  await bed.state(revisions(1, 10))
  await bed.bus('intake').start()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  await bed.ledger.db.updateTable('outbox').set({published_at: null}).execute()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await messages()).toBe(10)
})

test('two relays side by side publish every event once', async () => {
  const buses = [bed.bus('intake'), bed.bus('intake')]
  await Promise.all(buses.map((bus) => bus.start()))
  for (let revision = 1; revision <= 200; revision += 20) {
    await bed.state(revisions(revision, revision + 19))
    for (const bus of buses) bus.nudge()
  }
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await messages()).toBe(200)
})

test('while NATS is away the start resolves, events wait, and they go out when it comes', async () => {
  await bed.killServer()
  const bus = bed.bus('intake')
  await bus.start()
  await bed.state(revisions(1, 3))
  bus.nudge()
  await expect(bus.check()).rejects.toMatchObject({kind: 'transient', code: 'bus.unavailable'})
  expect(await countWaiting(bed.ledger.db)).toBe(3)
  await bed.startServer()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await bus.check()).toMatch(/^nats 2\./)
})

test('events stated while NATS is killed and started again all go out', async () => {
  const bus = bed.bus('intake')
  await bus.start()
  for (let round = 0; round < 3; round++) {
    await bed.state(revisions(round * 100 + 1, round * 100 + 100))
    bus.nudge()
    await bed.killServer()
    await bed.startServer()
  }
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await messages()).toBe(300)
})

test('a stream that was deleted is made again by the next event', async () => {
  const bus = bed.bus('intake')
  await bus.start()
  await bed.state(revisions(1))
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  await bed.manager((manager) => manager.streams.delete(streamName))
  await bed.state(revisions(2))
  bus.nudge()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  expect(await messages()).toBe(1)
})

test('the stream keeps thirty days of the subjects of version one, and a stranger setting is put right', async () => {
  await bed.manager((manager) => manager.streams.add({name: streamName, subjects: ['broadside.v1.>'], max_age: 1e9}))
  await bed.state(revisions(1))
  await bed.bus('intake', {maxStreamBytes: 1_000_000}).start()
  await until(async () => (await countWaiting(bed.ledger.db)) === 0)
  const {config} = await bed.manager((manager) => manager.streams.info(streamName))
  expect(config).toMatchObject({
    subjects: ['broadside.v1.>'],
    retention: 'limits',
    discard: 'old',
    storage: 'file',
    max_age: 30 * 24 * 3_600 * 1e9,
    duplicate_window: 3_600 * 1e9,
    max_bytes: 1_000_000,
  })
})

test('a stop while NATS is away, or was never there, ends at once', async () => {
  const once = bed.bus('intake')
  await once.start()
  await until(async () => (await once.check().catch(() => '')) !== '')
  await bed.killServer()
  const never = bed.bus('intake')
  await never.start()
  await bed.state(revisions(1))
  const since = performance.now()
  await Promise.all([once.stop(), never.stop()])
  expect(performance.now() - since).toBeLessThan(10_000)
  expect(await countWaiting(bed.ledger.db)).toBe(1)
})
