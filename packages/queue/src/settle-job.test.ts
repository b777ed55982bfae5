import {expect, test} from 'vitest'
import {BroadsideError, type ErrorKind} from '@broadside/runtime'
import {settleJob} from './settle-job.ts'

const failure = (kind: ErrorKind, retryAfterMs?: number) =>
  new BroadsideError(kind, 'test.failed', 'failed', retryAfterMs === undefined ? {} : {retryAfterMs})
const first = {tries: 1, maxTries: 5, random: () => 0}
const last = {...first, tries: 5}

test('the kind of the error chooses the road', () => {
  expect(settleJob(failure('invalid'), first)).toEqual({road: 'bury'})
  expect(settleJob(failure('uncertain'), first)).toEqual({road: 'complete'})
  expect(settleJob(failure('transient'), first)).toEqual({road: 'retry'})
  expect(settleJob(new TypeError('ours'), first)).toEqual({road: 'retry'})
  expect(settleJob(failure('throttled', 700), first)).toEqual({road: 'delay', delayMs: 700})
  expect(settleJob(failure('throttled'), {...first, random: () => 1})).toEqual({road: 'delay', delayMs: 1_100})
})

test('the last try buries, a pause that was asked for does not', () => {
  expect(settleJob(failure('transient'), last)).toEqual({road: 'bury'})
  expect(settleJob(new TypeError('ours'), last)).toEqual({road: 'bury'})
  expect(settleJob(failure('uncertain'), last)).toEqual({road: 'complete'})
  expect(settleJob(failure('throttled', 700), last)).toEqual({road: 'delay', delayMs: 700})
})
