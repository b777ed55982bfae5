import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {jobIdOf} from '@broadside/contracts'
import {askReplay, listDeadLetters} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {startBed, until, type Bed} from '../test/start-bed.ts'
import type {Queue, WorkOptions} from './queue.ts'

vi.setConfig({testTimeout: 30_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

type Fail = (release: number, context: {attempt: number; signal: AbortSignal}) => void | Promise<void>

/** A queue whose worker notes the releases it did; `fail` may throw for one. */
async function work(
  fail: Fail = () => undefined,
  options: Partial<Omit<WorkOptions<'release.advance'>, 'handle'>> & {drainMs?: number} = {},
): Promise<{queue: Queue; begun: number[]; done: number[]}> {
  const {drainMs = 15_000, ...rest} = options
  const queue = bed.queue({drainMs})
  const begun: number[] = []
  const done: number[] = []
  queue.work('release.advance', {
    concurrency: 4,
    async handle({release}, context) {
      begun.push(release)
      await fail(release, context)
      done.push(release)
    },
    ...rest,
  })
  await queue.start()
  return {queue, begun, done}
}

const advance = (release: number) => ({site: 'field-notes', release})
const releases = (count: number) => Array.from({length: count}, (_, index) => advance(index + 1))
const letters = () => listDeadLetters(bed.ledger.db)
const keys = () => bed.redis((redis) => redis.keys('broadside:releases:release.advance~*'))

describe('adding and doing', () => {
  test('a job reaches a worker with its data and attempt, and leaves nothing behind', async () => {
    const seen: unknown[] = []
    const queue = bed.queue()
    queue.work('release.part', {
      concurrency: 1,
      handle: async (data, {attempt}) => void seen.push({data, attempt}),
    })
    await queue.start()
    await queue.add('release.part', {site: 'field-notes', release: 2, wave: 0, part: 3}, {attempt: 7})
    await until(() => seen.length === 1)
    expect(seen).toEqual([{data: {site: 'field-notes', release: 2, wave: 0, part: 3}, attempt: 7}])
    await until(async () => (await bed.redis((redis) => redis.keys('broadside:parts:release.part~*'))).length === 0)
  })

  test('a repeat of a waiting job is ignored, another attempt is not', async () => {
    const queue = bed.queue()
    await queue.add('release.advance', advance(1), {attempt: 1})
    await queue.add('release.advance', {release: 1, site: 'field-notes'}, {attempt: 1})
    await queue.add('release.advance', advance(1), {attempt: 2})
    expect((await keys()).toSorted()).toEqual([
      `broadside:releases:${jobIdOf('release.advance', advance(1), 1)}`,
      `broadside:releases:${jobIdOf('release.advance', advance(1), 2)}`,
    ])
    const {done} = await work()
    await until(async () => (await keys()).length === 0)
    expect(done).toEqual([1, 1])
  })

  test('a job that is over may be added again', async () => {
    const {queue, done} = await work()
    for (const times of [1, 2]) {
      await queue.add('release.advance', advance(1), {attempt: 1})
      await until(() => done.length === times)
      await until(async () => (await keys()).length === 0)
    }
  })

  test('many are added at once and each is done once', async () => {
    const {queue, done} = await work()
    await queue.addAll('release.advance', releases(500), {attempt: 1})
    await until(() => done.length === 500)
    expect(new Set(done).size).toBe(500)
  })

  test('a job is with its worker as it is added, and not when the worker looks by itself, every 5 s', async () => {
    const {queue, done} = await work()
    const took: number[] = []
    for (let release = 1; release <= 9; release++) {
      const since = performance.now()
      await queue.add('release.advance', advance(release), {attempt: 1})
      await until(() => done.length === release)
      took.push(performance.now() - since)
    }
    expect(took.toSorted((a, b) => a - b)[4]).toBeLessThan(2_000)
  })

  test('a delayed job waits, and an urgent one goes first', async () => {
    const queue = bed.queue()
    const since = performance.now()
    await queue.add('release.advance', advance(1), {attempt: 1, delayMs: 2_000})
    await queue.add('release.advance', advance(2), {attempt: 1, priority: 9})
    await queue.add('release.advance', advance(3), {attempt: 1, priority: 1})
    const {done} = await work(undefined, {concurrency: 1})
    await until(() => done.length === 3)
    expect(done).toEqual([3, 2, 1])
    expect(performance.now() - since).toBeGreaterThan(1_990)
  })

  test('no more at once than the concurrency, and no more in a window than the limiter lets', async () => {
    let now = 0
    let most = 0
    const times: number[] = []
    const {queue, done} = await work(
      async () => {
        times.push(performance.now())
        most = Math.max(most, ++now)
        await new Promise(setImmediate)
        now--
      },
      {concurrency: 3, limiter: {max: 5, durationMs: 300}},
    )
    // Redis counts from when it gives a job out; how much later the job begins here is the machine's.
    const since = performance.now()
    await queue.addAll('release.advance', releases(15), {attempt: 1})
    await until(() => done.length === 15)
    expect(most).toBeLessThanOrEqual(3)
    expect((times.at(-1) ?? 0) - since).toBeGreaterThan(500)
  })

  test('data that fits no schema is refused where it is added', async () => {
    const bad = {site: 'field-notes', release: 'one'} as never
    await expect(bed.queue().add('release.advance', bad, {attempt: 1})).rejects.toMatchObject({
      kind: 'bug',
      code: 'job.invalid',
    })
  })
})

describe('trouble in a handler', () => {
  test('a transient failure is tried again with backoff until it works', async () => {
    let tries = 0
    const {queue, done} = await work(() => {
      if (++tries < 3) throw new BroadsideError('transient', 'test.later', 'not now')
    })
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(() => done.length === 1)
    expect(tries).toBe(3)
    expect(await letters()).toEqual([])
  })

  test('the last of five tries ends in a dead letter, and the id is free again', async () => {
    const {queue, begun} = await work(() => {
      throw new TypeError('ours')
    })
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(async () => (await letters()).length === 1)
    expect(begun).toHaveLength(5)
    expect(await letters()).toMatchObject([
      {
        site: 'field-notes',
        source: 'queue:release.advance',
        name: 'release.advance',
        code: 'unexpected',
        reason: 'ours',
        body: '{"attempt":1,"data":{"site":"field-notes","release":1}}',
      },
    ])
    await until(async () => (await keys()).length === 0)
  })

  test('a job that can never work becomes a dead letter at once', async () => {
    const {queue, begun} = await work(() => {
      throw new BroadsideError('invalid', 'test.never', 'never')
    })
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(async () => (await letters()).length === 1)
    expect(begun).toEqual([1])
  })

  test('a pause that the other side asked for uses up no try', async () => {
    let tries = 0
    const {queue, done} = await work(() => {
      if (++tries <= 8) throw new BroadsideError('throttled', 'test.slow', 'slower', {retryAfterMs: 20})
    })
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(() => done.length === 1)
    expect(await letters()).toEqual([])
  })

  test('what may have happened ends the job without a repeat', async () => {
    const {queue, begun} = await work(() => {
      throw new BroadsideError('uncertain', 'test.unknown', 'no answer came')
    })
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(async () => begun.length === 1 && (await keys()).length === 0)
    expect(await letters()).toEqual([])
  })

  test('a job of another version becomes a dead letter', async () => {
    const queue = bed.queue()
    await queue.addAll('release.advance', [advance(1), advance(2)], {attempt: 1})
    await bed.redis(async (redis) => {
      const [first, second] = [1, 2].map((n) => `broadside:releases:${jobIdOf('release.advance', advance(n), 1)}`)
      await redis.hset(first ?? '', 'data', '{"attempt":1,"data":{"site":"field-notes","epoch":3}}')
      await redis.hset(second ?? '', 'name', 'release.forget')
    })
    await work()
    await until(async () => (await letters()).length === 2)
    expect((await letters()).map(({source, code}) => ({source, code}))).toEqual(
      expect.arrayContaining([
        {source: 'queue:release.advance', code: 'job.malformed'},
        {source: 'queue:release.forget', code: 'job.malformed'},
      ]),
    )
  })

  test('a job that twenty workers were lost with is given up on before it takes one more', async () => {
    const queue = bed.queue()
    await queue.add('release.advance', advance(1), {attempt: 1})
    const key = `broadside:releases:${jobIdOf('release.advance', advance(1), 1)}`
    await bed.redis((redis) => redis.hset(key, 'stc', 20))
    const {begun} = await work()
    await until(async () => (await letters()).length === 1)
    expect(await letters()).toMatchObject([{code: 'queue.exhausted'}])
    expect(begun).toEqual([])
  })

  test('a dead letter that is asked for goes to the same handler and is put right', async () => {
    let isBroken = true
    const attempts: number[] = []
    const {queue, done} = await work((_, {attempt}) => {
      attempts.push(attempt)
      if (isBroken) throw new BroadsideError('invalid', 'test.broken', `broken ${attempts.length}`)
    })
    await queue.add('release.advance', advance(4), {attempt: 3})
    await until(async () => (await letters()).length === 1)
    await askReplay(bed.ledger.db, 'all', Date.now())
    await until(async () => (await letters())[0]?.reason === 'broken 2')
    isBroken = false
    await askReplay(bed.ledger.db, 'all', Date.now())
    await until(async () => (await letters()).length === 0)
    expect(done).toEqual([4])
    expect(attempts).toEqual([3, 3, 3])
  })
})

describe('stopping', () => {
  test('a stop waits for the job in hand and begins no other', async () => {
    const held = Promise.withResolvers<void>()
    const {queue, begun, done} = await work(() => held.promise, {concurrency: 1})
    await queue.addAll('release.advance', releases(2), {attempt: 1})
    await until(() => begun.length === 1)
    const stopped = queue.stop()
    held.resolve()
    await stopped
    expect(done).toEqual([1])
    const others = await work()
    await until(() => others.done.length === 1)
    expect(others.done).toEqual([2])
  })

  test('a stop that has waited long enough aborts the job, which others take at once', async () => {
    const {queue, begun} = await work(
      (_, {signal}) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      {drainMs: 50},
    )
    await queue.add('release.advance', advance(1), {attempt: 1})
    await until(() => begun.length === 1)
    await queue.stop()
    const others = await work()
    await until(() => others.done.length === 1)
    expect(await letters()).toEqual([])
  })
})
