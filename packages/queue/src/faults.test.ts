import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {listDeadLetters} from '@broadside/ledger'
import {startBed, until, type Bed} from '../test/start-bed.ts'
import type {Queue} from './queue.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

const advance = (release: number) => ({site: 'field-notes', release})
const add = (queue: Queue, release: number) => queue.add('release.advance', advance(release), {attempt: 1})

async function work(hold: (release: number) => Promise<void> | void = () => undefined) {
  const queue = bed.queue()
  const begun: number[] = []
  const done: number[] = []
  queue.work('release.advance', {
    concurrency: 2,
    async handle({release}) {
      begun.push(release)
      await hold(release)
      done.push(release)
    },
  })
  await queue.start()
  return {queue, begun, done}
}

/** A worker process that holds what it takes, once it holds `release`. */
async function holdElsewhere(release: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, '..', 'test', 'worker-process.ts')
  const child = spawn(process.execPath, [script, bed.redisUrl, `sqlite://${bed.folder}/ledger.db`])
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await until(() => output.split('\n').includes(String(release)), 20_000)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test('a job whose worker was killed twice goes on soon after the second kill, and not a minute later', async () => {
  await add(bed.queue(), 1)
  await kill(await holdElsewhere(1))
  await kill(await holdElsewhere(1))
  const since = performance.now()
  const {done} = await work()
  // 6 s until the lock is over, and 1.5 s until the next look.
  await until(() => done.length === 1, 20_000)
  expect(performance.now() - since).toBeLessThan(20_000)
  expect(await listDeadLetters(bed.ledger.db)).toEqual([])
})

test('while Redis is away adding fails soon and loudly, the start resolves, and work goes on when it comes', async () => {
  await bed.killServer()
  const {queue, done} = await work()
  const since = performance.now()
  await expect(add(queue, 1)).rejects.toMatchObject({kind: 'transient', code: 'queue.unavailable'})
  await expect(queue.check()).rejects.toMatchObject({kind: 'transient', code: 'queue.unavailable'})
  expect(performance.now() - since).toBeLessThan(10_000)
  await bed.startServer()
  await until(async () => (await queue.check().catch(() => 'away')) === 'redis')
  await add(queue, 1)
  await until(() => done.length === 1)
})

test('a Redis that holds its breath makes adding fail soon, and nothing is done twice', async () => {
  const {queue, begun, done} = await work()
  await add(queue, 1)
  await until(() => done.length === 1)
  bed.pauseServer()
  const since = performance.now()
  await expect(add(queue, 2)).rejects.toMatchObject({kind: 'transient', code: 'queue.unavailable'})
  expect(performance.now() - since).toBeLessThan(10_000)
  bed.resumeServer()
  await add(queue, 3)
  await until(() => done.includes(3))
  expect(begun).toEqual([...new Set(begun)])
})

test('after a flush the workers do what is added next', async () => {
  const {queue, done} = await work()
  await add(queue, 1)
  await until(() => done.length === 1)
  await bed.redis((redis) => redis.flushall())
  await add(queue, 2)
  await until(() => done.includes(2))
})

test('a flush under the hands of a worker costs it nothing but the record', async () => {
  const held = Promise.withResolvers<void>()
  const {queue, begun, done} = await work((release) => (release === 1 ? held.promise : undefined))
  await add(queue, 1)
  await until(() => begun.length === 1)
  await bed.redis((redis) => redis.flushall())
  held.resolve()
  await add(queue, 2)
  await until(() => done.includes(1) && done.includes(2))
  expect(begun).toEqual([1, 2])
})

test('a Redis that was killed comes back without its scripts, and adding and doing go on', async () => {
  const {queue, done} = await work()
  await add(queue, 1)
  await until(() => done.length === 1)
  await bed.killServer()
  await bed.startServer()
  await until(async () => (await queue.check().catch(() => 'away')) === 'redis')
  await queue.addAll('release.advance', [advance(2), advance(3)], {attempt: 1})
  await until(() => done.includes(2) && done.includes(3))
})

test.each([
  ['is away', () => bed.killServer()],
  ['holds its breath', async () => bed.pauseServer()],
])('a stop while Redis %s ends when what is in hand has ended', async (_, trouble) => {
  const held = Promise.withResolvers<void>()
  const {queue, begun, done} = await work(() => held.promise)
  await add(queue, 1)
  await until(() => begun.length === 1)
  await trouble()
  let isStopped = false
  const stopped = queue.stop().then(() => (isStopped = true))
  await expect(bed.queue().check()).rejects.toThrow('Redis does not answer')
  expect(isStopped).toBe(false)
  held.resolve()
  const since = performance.now()
  await stopped
  expect(done).toEqual([1])
  expect(performance.now() - since).toBeLessThan(10_000)
  bed.resumeServer()
})
