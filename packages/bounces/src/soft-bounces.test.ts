import {expect, test} from 'vitest'
import {isWornOut} from './index.ts'

const dayMs = 86_400_000
const now = 1_000 * dayMs
const daysAgo = (...days: number[]) => days.map((day) => now - day * dayMs)

test('four mails that came back in a week are enough', () => {
  expect(isWornOut(daysAgo(6, 4, 2, 0), now)).toBe(true)
  expect(isWornOut(daysAgo(4, 2, 0), now)).toBe(false)
})
test('many in one day are one, and those of a long weekend are none too many', () => {
  expect(isWornOut([...daysAgo(6), ...Array.from({length: 50}, (_, at) => now - at)], now)).toBe(false)
  expect(isWornOut(daysAgo(4, 3, 2, 1, 0), now)).toBe(false)
})
test('what is long ago counts less and less', () => {
  expect(isWornOut(daysAgo(366, 364, 362, 360), now)).toBe(false)
  expect(isWornOut(daysAgo(49, 42, 35, 28, 21, 14, 7, 0), now)).toBe(true)
  expect(isWornOut(daysAgo(150, 120, 90, 60, 30, 0), now)).toBe(false)
})
test('nothing at all is not worn out', () => expect(isWornOut([], now)).toBe(false))
