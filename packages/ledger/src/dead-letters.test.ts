import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {BroadsideError} from '@broadside/runtime'
import {
  addDeadLetter,
  askReplay,
  countDeadLetters,
  deadLetter,
  lettersToReplay,
  listDeadLetters,
} from './dead-letters.ts'
import {openLedger, type Ledger} from './open-ledger.ts'
import {failureOf, replayDeadLetters} from './replay-dead-letters.ts'

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

const letter = (name: string, source = 'bus:publisher', site: string | null = null) => ({
  site,
  source,
  name,
  body: '{}',
  reason: 'no',
  code: 'a.b',
  at: 5,
})
const add = (name: string, source?: string) => addDeadLetter(ledger.db, letter(name, source))

/** Replays all of one source; `fail` names those that fail once more. */
async function replay({
  fail = [],
  signal = new AbortController().signal,
}: {fail?: string[]; signal?: AbortSignal} = {}) {
  const handed: string[] = []
  const how = {source: 'bus:publisher', limit: 10, now: () => 99, signal}
  await replayDeadLetters(ledger.db, how, async ({name}) => {
    handed.push(name)
    if (fail.includes(name)) throw new BroadsideError('transient', 'c.d', 'still not', {hint: 'Wait'})
  })
  return handed
}

test('letters are listed newest first, by source too, and one can be looked at', async () => {
  const first = await add('one')
  await add('two', 'queue:release.part')
  await add('three')
  const names = async (options = {}) => (await listDeadLetters(ledger.db, options)).map(({name}) => name)
  expect(await names()).toEqual(['three', 'two', 'one'])
  expect(await names({source: 'bus:publisher'})).toEqual(['three', 'one'])
  expect(await names({limit: 1})).toEqual(['three'])
  expect(await deadLetter(ledger.db, first)).toEqual({
    ...letter('one'),
    id: first,
    replayAskedAt: null,
    replayedAt: null,
  })
  expect(await deadLetter(ledger.db, 99)).toBeUndefined()
  expect(await countDeadLetters(ledger.db)).toBe(3)
})

test('only what is asked for is replayed, oldest first, by its own source', async () => {
  const ids = [await add('one'), await add('two'), await add('three'), await add('four', 'bus:other')]
  expect(await askReplay(ledger.db, ids[2] ?? 0, 50)).toBe(1)
  expect(await askReplay(ledger.db, ids[2] ?? 0, 60)).toBe(0)
  expect(await replay()).toEqual(['three'])
  expect(await deadLetter(ledger.db, ids[2] ?? 0)).toMatchObject({replayAskedAt: 50, replayedAt: 99})
  expect(await askReplay(ledger.db, 'all', 70)).toBe(3)
  expect(await replay()).toEqual(['one', 'two'])
  expect(await replay()).toEqual([])
  expect((await listDeadLetters(ledger.db)).map(({name}) => name)).toEqual(['four'])
  expect(await listDeadLetters(ledger.db, {replayed: true})).toHaveLength(4)
})

test('one that fails again waits with its new reason, and the others go on', async () => {
  await add('bad')
  await add('good')
  await askReplay(ledger.db, 'all', 50)
  expect(await replay({fail: ['bad']})).toEqual(['bad', 'good'])
  expect(await listDeadLetters(ledger.db)).toMatchObject([
    {name: 'bad', reason: 'still not. Wait', code: 'c.d', at: 99, replayAskedAt: null},
  ])
})

test('of one site are listed, counted and asked for its own letters alone', async () => {
  for (const site of ['notes', 'recipes', null]) await addDeadLetter(ledger.db, letter('x', 'bus:publisher', site))
  expect((await listDeadLetters(ledger.db, {site: 'notes'})).map(({site}) => site)).toEqual(['notes'])
  expect(await countDeadLetters(ledger.db, 'recipes')).toBe(1)
  expect(await askReplay(ledger.db, {site: 'notes'}, 50)).toBe(1)
  expect((await lettersToReplay(ledger.db, 'bus:publisher', 10)).map(({site}) => site)).toEqual(['notes'])
})

test('a process that is stopping leaves the ask for the next one', async () => {
  await add('one')
  await askReplay(ledger.db, 'all', 50)
  expect(await replay({signal: AbortSignal.abort()})).toEqual([])
  expect(await lettersToReplay(ledger.db, 'bus:publisher', 10)).toHaveLength(1)
})

test('a failure of ours without a code is told as such', () => {
  expect(failureOf(new TypeError('x is undefined'))).toEqual({reason: 'x is undefined', code: 'unexpected'})
  expect(failureOf('text')).toEqual({reason: 'text', code: 'unexpected'})
})
