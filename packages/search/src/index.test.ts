import {expect, test} from 'vitest'
import * as search from './index.ts'

test('exports these names', () => {
  expect(Object.keys(search).toSorted()).toEqual([
    'createSegmentBuilder',
    'entryName',
    'indexVersion',
    'searchEntry',
    'searchScript',
    'searchText',
  ])
})
