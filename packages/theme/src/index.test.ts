import {expect, test} from 'vitest'
import * as theme from './index.ts'

test('the package gives these names and no others', () => {
  expect(Object.keys(theme).toSorted()).toEqual(['createTheme', 'createWords', 'formatDate'])
})
