import {expect, test} from 'vitest'
import {nearestWord} from './nearest-word.ts'

test.each([
  ['drfat', 'draft'],
  ['titel', 'title'],
  ['newsleter', 'newsletter'],
  ['descirpton', 'description'],
  ['tag', 'tags'],
  ['weight', undefined],
  ['x', undefined],
])('%s was meant to be %s', (word, meant) => {
  expect(nearestWord(word, ['draft', 'title', 'newsletter', 'description', 'tags'])).toBe(meant)
})
