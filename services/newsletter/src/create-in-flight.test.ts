import {expect, test} from 'vitest'
import {createInFlight} from './create-in-flight.ts'

function submission() {
  return Promise.withResolvers<string>()
}

test('answers that come together are one group, and none is told twice', async () => {
  const inFlight = createInFlight<string>()
  expect(await inFlight.answered()).toEqual([])
  const [first, second, third] = [submission(), submission(), submission()]
  for (const {promise} of [first, second, third]) inFlight.add(promise)
  expect(inFlight.size).toBe(3)
  first.resolve('one')
  second.resolve('two')
  expect(await inFlight.answered()).toEqual(['one', 'two'])
  expect(inFlight.size).toBe(1)
  third.resolve('three')
  expect(await inFlight.answered()).toEqual(['three'])
  expect(await inFlight.answered()).toEqual([])
})

test('an answer does not wait long for the others', async () => {
  const inFlight = createInFlight<string>()
  const [quick, ...slow] = Array.from({length: 10}, submission)
  for (const {promise} of [quick!, ...slow]) inFlight.add(promise)
  quick!.resolve('quick')
  expect(await inFlight.answered()).toEqual(['quick'])
})

test('an answer that comes while others are being settled is in flight until somebody takes it', async () => {
  const inFlight = createInFlight<string>()
  const [first, late] = [submission(), submission()]
  for (const {promise} of [first, late]) inFlight.add(promise)
  first.resolve('first')
  expect(await inFlight.answered()).toEqual(['first'])
  late.resolve('late')
  await late.promise
  expect(inFlight.size).toBe(1)
  expect(await inFlight.answered()).toEqual(['late'])
  expect(inFlight.size).toBe(0)
})
