import {expect, test} from 'vitest'
import {judgeCanary} from './judge-canary.ts'
import {remember, stormIn, type Weather} from './storm.ts'

const none = {pending: 0, claimed: 0, submitting: 0, deferred: 0, accepted: 0, failed: 0, uncertain: 0, excluded: 0}
const canary = (counts: object, {bounced = 0, complained = 0} = {}) =>
  judgeCanary({counts: {...none, ...counts}, bounced, complained})

test('a first share that went well lets the others go', () => {
  expect(canary({accepted: 50, pending: 950})).toBeUndefined()
  expect(canary({accepted: 49, failed: 1})).toBeUndefined()
  expect(canary({accepted: 60, deferred: 6})).toBeUndefined()
})

test.each([
  [{accepted: 47, failed: 3}, {}, 'of the first 50 mails 3 were turned away'],
  [{accepted: 44, deferred: 6}, {}, 'of the first 50 mails 6 were put off'],
  [{accepted: 50}, {bounced: 4}, 'of the first 50 mails 4 came back'],
  [{accepted: 500}, {complained: 1}, 'of the first 500 mails 1 were complained about'],
])('%j %j keeps them back', (counts, told, reason) => {
  expect(canary(counts, told)).toBe(reason)
})

test('a storm is many refusals among the last answers, and a few make none', () => {
  const settled = (state: Weather[number], count: number) =>
    Array.from({length: count}, () => ({subscriber: 's', state, reply: '', attempt: 1, nextAt: 0}))
  const after = (...groups: [Weather[number], number][]) =>
    stormIn(groups.reduce<Weather>((weather, [state, count]) => remember(weather, settled(state, count)), []))
  expect(after(['failed', 19])).toBeUndefined()
  expect(after(['failed', 20])).toBe('20 of the last 20 answers turn the recipient away')
  expect(after(['accepted', 70], ['failed', 30])).toBeUndefined()
  expect(after(['accepted', 500], ['failed', 34])).toBe('34 of the last 100 answers turn the recipient away')
  expect(after(['deferred', 49])).toBeUndefined()
  expect(after(['deferred', 60])).toBe('60 of the last 60 answers put the mail off')
  expect(after(['failed', 40], ['accepted', 100])).toBeUndefined()
})
