import {expect, test} from 'vitest'
import {firstOfLanes} from './part-lanes.ts'

test('a large wave puts one part of each lane into the queue', () => {
  expect(firstOfLanes([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 1, 2])
})

test('a release that is taken over goes on in each lane where it was left', () => {
  expect(firstOfLanes([3, 4, 6, 8], 3)).toEqual([3, 4, 8])
  expect(firstOfLanes([], 3)).toEqual([])
})
