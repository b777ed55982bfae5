import {expect, test} from 'vitest'
import * as notifier from './index.ts'

test('the public names', () => {
  expect(Object.keys(notifier).toSorted()).toEqual([
    'createNotifier',
    'forgeOf',
    'notifierConfig',
    'notifierSiteConfig',
  ])
})
