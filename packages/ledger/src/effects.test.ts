import {afterEach, beforeEach, expect, test} from 'vitest'
import {
  claimEffect,
  dueEffects,
  effectCursor,
  endEffectLeases,
  moveEffectCursor,
  openLedger,
  settleEffect,
  writeEffects,
  type Ledger,
  type NewEffect,
} from './index.ts'

let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
})
afterEach(() => ledger.close())

const nobody = new Set<string>()
const effect = (more: Partial<NewEffect> = {}): NewEffect => ({
  site: 'notes',
  kind: 'websub',
  target: 'https://hub.example/',
  subject: 'feed',
  version: 1,
  revision: 1,
  payload: '{}',
  ...more,
})

const states = async () => {
  const rows = await ledger.db.selectFrom('effects').select(['version', 'state']).orderBy('version').execute()
  return Object.fromEntries(rows.map(({version, state}) => [version, state]))
}
const dueAt = (now: number, busy: ReadonlySet<string> = nobody) => dueEffects(ledger.db, now, busy)
const claim = async (worker: string, now = 10) => {
  const [row] = await dueAt(now)
  return row !== undefined && (await claimEffect(ledger.db, row, {worker, until: now + 100})) ? row : undefined
}

test('what is written twice is there once', async () => {
  await writeEffects(ledger.db, [effect()], 1)
  await claim('a')
  await writeEffects(ledger.db, [effect(), effect()], 2)
  expect(await states()).toEqual({1: 'claimed'})
})

test('the newest version alone waits, in whatever order they are learned', async () => {
  await writeEffects(ledger.db, [effect({version: 2})], 1)
  await writeEffects(ledger.db, [effect({version: 1}), effect({version: 3})], 2)
  expect(await states()).toEqual({1: 'superseded', 2: 'superseded', 3: 'pending'})
})

test('one worker alone gets an effect, however many saw it', async () => {
  await writeEffects(ledger.db, [effect()], 1)
  const [row] = await dueAt(1)
  const got = await Promise.all(['a', 'b'].map((worker) => claimEffect(ledger.db, row!, {worker, until: 100})))
  expect(got).toEqual([true, false])
})

test('a newer version waits for the call of the older one, which is not tried again', async () => {
  await writeEffects(ledger.db, [effect()], 1)
  const older = await claim('a')
  await writeEffects(ledger.db, [effect({version: 2})], 2)
  expect(await claim('b')).toBeUndefined()
  await settleEffect(ledger.db, older!, {worker: 'a', state: 'again', due: 20, answer: '500', now: 11})
  expect(await states()).toEqual({1: 'superseded', 2: 'pending'})
  expect(await claim('b')).toMatchObject({version: 2})
})

test('a worker that is gone leaves its effect to others, and cannot settle it any more', async () => {
  await writeEffects(ledger.db, [effect()], 1)
  const row = await claim('a', 10)
  expect(await endEffectLeases(ledger.db, 109)).toBe(0)
  expect(await endEffectLeases(ledger.db, 110)).toBe(1)
  expect(await claim('b', 111)).toMatchObject({id: row!.id, attempt: 1})
  const late = {worker: 'a', state: 'done', answer: '204', now: 112} as const
  expect(await settleEffect(ledger.db, row!, late)).toBe(false)
  expect(await states()).toEqual({1: 'claimed'})
})

test('each target gets its oldest, and a busy one none', async () => {
  const other = 'https://other.example/'
  await writeEffects(ledger.db, [effect({subject: 'b'}), effect({subject: 'c'})], 5)
  await writeEffects(ledger.db, [effect({target: other})], 6)
  expect((await dueAt(6)).map(({subject, target}) => [subject, target])).toEqual([
    ['b', 'https://hub.example/'],
    ['feed', other],
  ])
  expect((await dueAt(6, new Set(['notes websub https://hub.example/']))).map(({target}) => target)).toEqual([other])
  expect(await dueAt(4)).toEqual([])
})

test('a cursor moves once from where it was', async () => {
  const move = (from: number | undefined, seen: number) =>
    moveEffectCursor(ledger.db, {site: 'notes', fact: 'release', from, seen})
  expect([await move(undefined, 3), await move(undefined, 4), await move(2, 4), await move(3, 5)]).toEqual([
    true,
    false,
    false,
    true,
  ])
  expect(await effectCursor(ledger.db, 'notes', 'release')).toBe(5)
})
