import {expect, test} from 'vitest'
import * as bus from './index.ts'

test('the names of the package', () => {
  expect(Object.keys(bus)).toEqual(['createBus', 'inspectBus'])
})
