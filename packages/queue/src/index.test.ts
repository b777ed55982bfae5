import {expect, test} from 'vitest'
import * as queue from './index.ts'

test('the names of the package', () => {
  expect(Object.keys(queue)).toEqual(['createQueue', 'inspectRedis'])
})
