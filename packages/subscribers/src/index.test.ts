import {expect, test} from 'vitest'
import * as subscribers from './index.ts'

test('the public names of the package', () => {
  expect(Object.keys(subscribers).toSorted()).toEqual([
    'createTokens',
    'isSafeAddress',
    'nextState',
    'parseAddress',
    'readSubscribers',
    'readTokenKeys',
    'writeSubscribers',
  ])
})
