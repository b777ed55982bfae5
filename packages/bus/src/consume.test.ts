import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {subjectOf} from '@broadside/contracts'
import {askReplay, listDeadLetters} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {revisions, startBed, until, type Bed} from '../test/start-bed.ts'
import type {ConsumeOptions, ReceivedEvent} from './bus.ts'
import {streamName} from './ensure-stream.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

const filter = subjectOf('*', 'revision.rendered')
const revisionOf = (event: ReceivedEvent) => (event.name === 'revision.rendered' ? event.data.revision : 0)

/** A consumer that notes what it hears; `fail` may throw for a revision. */
async function listen(
  options: Partial<ConsumeOptions> & {
    fail?: (revision: number, heard: number) => void | Promise<void>
    relayEveryMs?: number
  } = {},
) {
  const heard: number[] = []
  const batches: number[][] = []
  const {fail = () => undefined, relayEveryMs = 1_000, ...rest} = options
  const bus = bed.bus('intake', {sweepEveryMs: 50, relayEveryMs})
  bus.consume({
    durable: 'publisher',
    filter,
    async handle(events) {
      batches.push(events.map(revisionOf))
      for (const event of events) {
        const revision = revisionOf(event)
        await fail(revision, heard.filter((other) => other === revision).length)
        heard.push(revision)
      }
    },
    ...rest,
  })
  await bus.start()
  return {bus, heard, batches}
}

async function state(from: number, to = from, nudge?: {nudge: () => void}): Promise<void> {
  await bed.state(revisions(from, to))
  nudge?.nudge()
}

const unsettled = () =>
  bed.manager(async (manager) => {
    const info = await manager.consumers.info(streamName, 'publisher')
    return info.num_ack_pending + info.num_pending
  })
const letters = () => listDeadLetters(bed.ledger.db)
const numbers = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => from + index)

describe('events', () => {
  test('each event reaches the handler once, in batches, and is acknowledged', async () => {
    const {bus, heard, batches} = await listen({batch: 32})
    await state(1, 500, bus)
    await until(() => heard.length === 500)
    expect(heard).toEqual(numbers(1, 500))
    expect(Math.max(...batches.map((batch) => batch.length))).toBeGreaterThan(1)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(32)
    await until(async () => (await unsettled()) === 0)
  })

  test('an event is in the handler after its nudge, and waits for no look', async () => {
    const {bus, heard} = await listen({relayEveryMs: 3_600_000})
    for (let revision = 1; revision <= 20; revision++) {
      await bed.state(revisions(revision))
      bus.nudge()
      await until(() => heard.length === revision)
    }
  })

  test('what was stated before the consumer existed is heard as well', async () => {
    await state(1, 3)
    const {heard} = await listen()
    await until(() => heard.length === 3)
  })

  test('a batch that fails is tried event by event: only the bad one comes again', async () => {
    await state(1, 20)
    let failures = 0
    const done = new Set<number>()
    const {batches} = await listen({
      batch: 50,
      async fail(revision) {
        if (revision === 7 && failures++ < 3) throw new BroadsideError('transient', 'test.later', 'not now')
        done.add(revision)
      },
    })
    await until(() => done.size === 20)
    expect(batches.filter((batch) => batch.length === 1 && batch[0] !== 7).length).toBeLessThanOrEqual(20)
    await until(async () => (await unsettled()) === 0)
    expect(await letters()).toEqual([])
  })

  test('an event that can never work becomes a dead letter and the others pass', async () => {
    const {bus, heard} = await listen({
      fail(revision) {
        if (revision === 2) throw new BroadsideError('invalid', 'test.never', 'two is bad')
      },
    })
    await state(1, 3, bus)
    await until(async () => (await letters()).length === 1)
    await until(() => heard.includes(1) && heard.includes(3))
    await until(async () => (await unsettled()) === 0)
    expect(await letters()).toMatchObject([
      {
        site: 'field-notes',
        source: 'bus:publisher',
        name: 'revision.rendered',
        code: 'test.never',
        reason: 'two is bad',
      },
    ])
  })

  test('what is no event becomes a dead letter with its bytes', async () => {
    const {bus, heard} = await listen()
    await state(1, 1, bus)
    await until(() => heard.length === 1)
    await bed.publishRaw(filter.replace('*', 'field-notes'), '{"type": "broadside.v9.what"')
    await bed.publishRaw(filter.replace('*', 'field-notes'), JSON.stringify({type: 'broadside.v1.post.eaten'}))
    await until(async () => (await letters()).length === 2)
    await until(async () => (await unsettled()) === 0)
    expect((await letters()).map(({site, body, code}) => ({site, body, code}))).toEqual([
      {site: 'field-notes', body: '{"type":"broadside.v1.post.eaten"}', code: 'event.malformed'},
      {site: 'field-notes', body: '{"type": "broadside.v9.what"', code: 'event.malformed'},
    ])
  })

  test('the budget of tries ends in a dead letter', async () => {
    let tries = 0
    const {bus, heard} = await listen({
      maxDeliver: 3,
      fail(revision) {
        if (revision !== 1) return
        tries++
        throw new BroadsideError('transient', 'test.later', 'not now')
      },
    })
    await state(1, 2, bus)
    await until(async () => (await letters()).length === 1)
    await until(async () => (await unsettled()) === 0)
    expect(heard).toEqual([2])
    // The first try may have been one in a batch and one alone.
    expect([3, 4]).toContain(tries)
    expect(await letters()).toMatchObject([{code: 'test.later'}])
  })

  test('a pause that the other side asked for does not use up the budget', async () => {
    let tries = 0
    const {bus, heard} = await listen({
      maxDeliver: 2,
      fail() {
        if (++tries <= 6) throw new BroadsideError('throttled', 'test.slow', 'slower', {retryAfterMs: 20})
      },
    })
    await state(1, 1, bus)
    await until(() => heard.length === 1)
    expect(tries).toBe(7)
    expect(await letters()).toEqual([])
  })

  test('what may have happened is recorded and never repeated', async () => {
    let tries = 0
    const {bus} = await listen({
      fail() {
        tries++
        throw new BroadsideError('uncertain', 'test.unknown', 'no answer came')
      },
    })
    await state(1, 1, bus)
    await until(async () => (await letters()).length === 1)
    await until(async () => (await unsettled()) === 0)
    expect(tries).toBe(1)
  })
})

describe('dead letters', () => {
  test('a letter that is asked for goes to the same handler and is put right', async () => {
    let broken = true
    const {bus, heard} = await listen({
      fail() {
        if (broken) throw new BroadsideError('invalid', 'test.broken', 'broken')
      },
    })
    await state(1, 2, bus)
    await until(async () => (await letters()).length === 2)
    broken = false
    expect(await askReplay(bed.ledger.db, 'all', Date.now())).toBe(2)
    await until(async () => (await letters()).length === 0)
    expect(heard).toEqual([1, 2])
    const replayed = await listDeadLetters(bed.ledger.db, {replayed: true})
    expect(replayed.map(({replayedAt}) => typeof replayedAt)).toEqual(['number', 'number'])
  })

  test('a letter that fails again waits with the new reason and is not tried by itself', async () => {
    let tries = 0
    const {bus} = await listen({
      fail() {
        throw new BroadsideError('invalid', 'test.broken', `try ${++tries}`)
      },
    })
    await state(1, 1, bus)
    await until(async () => (await letters()).length === 1)
    const [letter] = await letters()
    await askReplay(bed.ledger.db, letter?.id ?? 0, Date.now())
    await until(async () => (await letters())[0]?.reason === 'try 2')
    expect((await letters())[0]?.replayAskedAt).toBeNull()
    expect(tries).toBe(2)
  })
})

describe('a server that forgets', () => {
  test('a deleted consumer is made again and consumption goes on', async () => {
    const {bus, heard} = await listen()
    await state(1, 1, bus)
    await until(() => heard.length === 1)
    await bed.manager((manager) => manager.consumers.delete(streamName, 'publisher'))
    await state(2, 2, bus)
    await until(() => heard.includes(2))
  })

  test('a deleted stream is made again and consumption goes on', async () => {
    const {bus, heard} = await listen()
    await state(1, 1, bus)
    await until(() => heard.length === 1)
    await bed.manager((manager) => manager.streams.delete(streamName))
    await state(2, 2, bus)
    await until(() => heard.includes(2))
  })

  test('a server that was killed and lost its store comes back, and consumption goes on', async () => {
    const {bus, heard} = await listen()
    await state(1, 1, bus)
    await until(() => heard.length === 1)
    await bed.killServer()
    await bed.wipeStore()
    await state(2, 2, bus)
    await bed.startServer()
    await until(() => heard.includes(2))
  })

  test('a server that comes late is found', async () => {
    await bed.killServer()
    const {heard} = await listen()
    await state(1)
    await bed.startServer()
    await until(() => heard.includes(1))
  })
})

describe('handlers in hand', () => {
  test('a handler may take longer than the acknowledgement wait', async () => {
    const held = Promise.withResolvers<void>()
    const {bus, heard, batches} = await listen({ackWaitMs: 1_500, batch: 2, fail: () => held.promise})
    await state(1, 6, bus)
    await until(() => batches.length === 1)
    const others = await listen({ackWaitMs: 1_500, batch: 2})
    const since = performance.now()
    // Three waits long, a second process is there to take over, and is given only what nobody holds.
    await until(() => performance.now() - since > 4_500)
    held.resolve()
    await until(() => heard.length + others.heard.length === 6)
    expect([...heard, ...others.heard].toSorted((a, b) => a - b)).toEqual(numbers(1, 6))
  })

  // What is not given back comes so late that no wait of a test lasts as long.
  const ackWaitMs = 120_000

  test('a stop waits for the handler in hand, and what it did not begin goes to others at once', async () => {
    const held = Promise.withResolvers<void>()
    const {bus, heard, batches} = await listen({batch: 2, ackWaitMs, fail: () => held.promise})
    await state(1, 4, bus)
    await until(() => batches.length === 1)
    let isStopped = false
    const stopped = bus.stop().then(() => (isStopped = true))
    const others = await listen({ackWaitMs})
    await until(() => others.heard.length >= 1)
    expect(isStopped).toBe(false)
    held.resolve()
    await stopped
    await until(() => heard.length + others.heard.length === 4)
    expect(new Set([...heard, ...others.heard]).size).toBe(4)
  })

  test('what was on its way to a process that stops comes to another at once', async () => {
    const {bus} = await listen({ackWaitMs})
    // A stop in the middle of each of these floods meets events that the server has sent and nobody has read.
    const seen = new Set<number>()
    await bus.stop()
    for (let round = 0; round < 10; round++) {
      const first = round * 100 + 1
      await state(first, first + 99)
      const leaver = await listen({ackWaitMs, batch: 10})
      await until(() => leaver.heard.length > 0)
      await leaver.bus.stop()
      const heir = await listen({ackWaitMs})
      await until(() => {
        for (const revision of [...leaver.heard, ...heir.heard]) seen.add(revision)
        return seen.size === first + 99
      })
      await heir.bus.stop()
    }
  })

  test('a stop that has waited long enough aborts the handler, whose event comes again elsewhere', async () => {
    const bus = bed.bus('intake', {drainMs: 50})
    const reached = Promise.withResolvers<void>()
    bus.consume({
      durable: 'publisher',
      filter,
      ackWaitMs,
      handle: (_, {signal}) => {
        reached.resolve()
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      },
    })
    await bus.start()
    await state(1, 1, bus)
    await reached.promise
    await bus.stop()
    const {heard} = await listen({ackWaitMs})
    await until(() => heard.length === 1)
    expect(await letters()).toEqual([])
  })
})
