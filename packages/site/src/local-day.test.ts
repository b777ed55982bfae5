import {expect, test} from 'vitest'
import {localDay} from './local-day.ts'

test.each([
  ['2026-11-02T22:59:59Z', 'Europe/Berlin', '2026-11-02'],
  ['2026-11-02T23:00:00Z', 'Europe/Berlin', '2026-11-03'],
  ['2026-07-02T22:00:00Z', 'Europe/Berlin', '2026-07-03'],
  ['2026-12-31T12:00:00Z', 'Pacific/Kiritimati', '2027-01-01'],
  ['0099-03-01T12:00:00Z', 'UTC', '0099-03-01'],
])('%s in %s is %s', (instant, timezone, day) => {
  expect(localDay(Date.parse(instant), timezone)).toBe(day)
})
