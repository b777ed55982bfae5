import {BroadsideError} from '@broadside/runtime'
import {expect, test} from 'vitest'
import {createPace, type PaceOptions} from './index.ts'

const slowDown = (retryAfterMs?: number) =>
  new BroadsideError('throttled', 'objects.throttled', 'slow down', retryAfterMs === undefined ? {} : {retryAfterMs})
const denied = new BroadsideError('invalid', 'objects.denied', 'no')

/** A pace whose pauses are over at once, and written down. */
function paceOf(options: PaceOptions = {}) {
  const pauses: number[] = []
  const pace = createPace({...options, wait: async (ms) => pauses.push(ms), random: () => 0.5})
  return {pace, pauses}
}

/** A store that answers as told, one answer a call, and well after that. */
function storeOf(answers: (BroadsideError | 'good' | {retries: number})[]) {
  const store = {
    calls: 0,
    async call() {
      store.calls += 1
      const answer = answers.shift() ?? 'good'
      if (answer instanceof BroadsideError) throw answer
      return answer === 'good' ? {} : answer
    },
  }
  return store
}

test('a call that fails and may pass is made again, after pauses that grow, or as long as the store asks for', async () => {
  const {pace, pauses} = paceOf()
  const store = storeOf([slowDown(), slowDown(), slowDown(3_000)])
  await pace.run(store.call)
  expect(store.calls).toBe(4)
  expect(pauses).toEqual([150, 300, 3_000])
})

test('what is refused is told at once, and a call that never goes well ends with what it said', async () => {
  const {pace} = paceOf()
  const refused = storeOf([denied])
  await expect(pace.run(refused.call)).rejects.toBe(denied)
  expect(refused.calls).toBe(1)
  const last = slowDown()
  const broken = storeOf([slowDown(), slowDown(), slowDown(), slowDown(), last])
  await expect(pace.run(broken.call)).rejects.toBe(last)
  expect(broken.calls).toBe(5)
})

test('all calls share a budget of retries, which good calls fill again', async () => {
  const {pace} = paceOf()
  let calls = 0
  const fail = async () => {
    calls += 1
    throw slowDown()
  }
  for (let count = 0; count < 100; count += 1) await expect(pace.run(fail)).rejects.toThrow('slow down')
  expect(calls).toBe(100 + 20)
  for (let count = 0; count < 4; count += 1) await pace.run(async () => {})
  await expect(pace.run(fail)).rejects.toThrow('slow down')
  expect(calls).toBe(120 + 2)
})

test('the limit halves once for all that was under way, and comes up again by one for as many good calls', async () => {
  const told: number[] = []
  const {pace} = paceOf({most: 16, onSlower: (limit) => told.push(limit)})
  let underWay = 0
  let most = 0
  const gate = Promise.withResolvers<void>()
  const call = async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await gate.promise
    underWay -= 1
  }
  const all = Array.from({length: 40}, () => pace.run(call))
  await Promise.resolve()
  expect(underWay).toBe(16)
  gate.resolve()
  await Promise.all(all)
  expect(most).toBe(16)

  const fails = Array.from({length: 16}, () => slowDown())
  const failing = storeOf(fails)
  await Promise.all(Array.from({length: 16}, () => pace.run(failing.call)))
  expect(told).toEqual([8])
  expect(pace.limit).toBeGreaterThanOrEqual(8)
  const before = pace.limit
  for (let count = 0; count <= before; count += 1) await pace.run(async () => {})
  expect(pace.limit).toBe(before + 1)
  for (let count = 0; count < 400; count += 1) await pace.run(async () => {})
  expect(pace.limit).toBe(16)
  await pace.run(storeOf([{retries: 1}]).call)
  expect(pace.limit).toBe(8)
  for (let count = 0; count < 9; count += 1) await pace.run(storeOf([{retries: 1}]).call)
  expect(pace.limit).toBe(1)
})
