import {expect, test} from 'vitest'
import * as audience from './index.ts'

test('the public names', () => {
  expect(Object.keys(audience).toSorted()).toEqual(['audienceConfig', 'createAudience', 'createSpool'])
})
