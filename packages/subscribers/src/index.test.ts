import {expect, test} from 'vitest'
import * as subscribers from './index.ts'

test('the public names of the package', () => {
  expect(Object.keys(subscribers).toSorted()).toEqual([
    'cadences',
    'createTokens',
    'isSafeAddress',
    'isTimezone',
    'lastDigestDue',
    'nextDigestDue',
    'nextState',
    'parseAddress',
    'readSubscribers',
    'readTokenKeys',
    'wantsTopics',
    'writeSubscribers',
  ])
})
