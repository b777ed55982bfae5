import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {subjectOf} from '@broadside/contracts'
import {listDeadLetters} from '@broadside/ledger'
import {revisions, startBed, until, type Bed} from '../test/start-bed.ts'
import {streamName} from './ensure-stream.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 30_000})

let bed: Bed
beforeEach(async () => {
  bed = await startBed()
})
afterEach(() => bed.stop())

/** Starts a consumer that kills itself while it handles revision 3; resolves with what it began, once it is dead. */
async function runConsumer(untilEnd: () => Promise<boolean>): Promise<number[]> {
  const script = join(import.meta.dirname, '..', 'test', 'consumer-process.ts')
  const child = spawn(process.execPath, [script, bed.natsUrl, `sqlite://${bed.folder}/ledger.db`])
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(child, 'exit')
  let isEnded = false
  void ended.then(() => (isEnded = true))
  await until(async () => isEnded || (await untilEnd()), 20_000)
  child.kill('SIGKILL')
  await ended
  return output.trim().split('\n').map(Number)
}

const letters = () => listDeadLetters(bed.ledger.db)

async function fillStream(): Promise<void> {
  const bus = bed.bus('intake')
  await bed.state(revisions(1, 5))
  await bus.start()
  const stored = () => bed.manager(async (manager) => (await manager.streams.info(streamName)).state.messages)
  await until(async () => (await stored().catch(() => 0)) === 5)
  await bus.stop()
}

test('what two killed processes had in hand is handled by a third within seconds', async () => {
  await fillStream()
  expect(await runConsumer(async () => false)).toContain(3)
  expect(await runConsumer(async () => false)).toContain(3)
  const heard = new Set<number>()
  const bus = bed.bus('intake')
  bus.consume({
    durable: 'publisher',
    filter: subjectOf('*', 'revision.rendered'),
    ackWaitMs: 500,
    async handle(events) {
      for (const event of events) if (event.name === 'revision.rendered') heard.add(event.data.revision)
    },
  })
  await bus.start()
  await until(() => [3, 4, 5].every((revision) => heard.has(revision)), 10_000)
  expect(await letters()).toEqual([])
})

test('an event that kills every process that handles it ends as a dead letter, and its neighbours get through', async () => {
  await fillStream()
  const begun: number[] = []
  while ((await letters()).length === 0) begun.push(...(await runConsumer(async () => (await letters()).length === 1)))
  expect(await letters()).toMatchObject([{code: 'bus.exhausted', name: 'revision.rendered'}])
  expect(JSON.parse((await letters())[0]?.body ?? '')).toMatchObject({data: {revision: 3}})
  expect(new Set(begun)).toEqual(new Set([1, 2, 3, 4, 5]))
  expect(begun.filter((revision) => revision === 3).length).toBeGreaterThan(5)
})
