import {expect, test} from 'vitest'
import {BroadsideError, type ErrorKind} from '@broadside/runtime'
import {settle} from './settle.ts'

const failure = (kind: ErrorKind, retryAfterMs?: number) =>
  new BroadsideError(kind, 'test.failed', 'failed', retryAfterMs === undefined ? {} : {retryAfterMs})
const first = {tries: 1, maxTries: 20, random: () => 0}

test('the kind of the error chooses the road', () => {
  expect(settle(failure('invalid'), first)).toEqual({road: 'bury', settled: false})
  expect(settle(failure('uncertain'), first)).toEqual({road: 'bury', settled: true})
  expect(settle(failure('throttled', 700), first)).toEqual({road: 'retry', delayMs: 700})
  expect(settle(failure('transient'), first)).toEqual({road: 'retry', delayMs: 200})
  expect(settle(new TypeError('ours'), first)).toEqual({road: 'retry', delayMs: 200})
})

test('waits grow to half a minute, and those who failed together come back apart', () => {
  const waits = [1, 2, 3, 8, 19].map((tries) => settle(failure('transient'), {...first, tries}))
  expect(waits).toEqual([200, 400, 800, 15_000, 15_000].map((delayMs) => ({road: 'retry', delayMs})))
  expect(settle(failure('transient'), {...first, random: () => 1})).toEqual({road: 'retry', delayMs: 400})
  expect(settle(failure('throttled', 1_000), {...first, random: () => 1})).toEqual({road: 'retry', delayMs: 1_100})
})

test('the last try of the budget buries, a pause that was asked for does not', () => {
  expect(settle(failure('transient'), {...first, tries: 20})).toEqual({road: 'bury', settled: false})
  expect(settle(new TypeError('ours'), {...first, tries: 20})).toEqual({road: 'bury', settled: false})
  expect(settle(failure('throttled', 700), {...first, tries: 99})).toEqual({road: 'retry', delayMs: 700})
})
