import {expect, test} from 'vitest'
import * as git from './index.ts'

test('exports these names', () => {
  expect(Object.keys(git).toSorted()).toEqual(['checkBranch', 'checkRemote', 'openMirror', 'stripCredentials'])
})
