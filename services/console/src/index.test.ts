import {expect, test} from 'vitest'
import * as names from './index.ts'

test('the package hands out these names', () => {
  expect(Object.keys(names).toSorted()).toEqual(['checkExposure', 'consoleConfig', 'createConsole'])
})
