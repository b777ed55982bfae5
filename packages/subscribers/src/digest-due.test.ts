import fc from 'fast-check'
import {expect, test} from 'vitest'
import {lastDigestDue, nextDigestDue} from './digest-due.ts'

const at = (text: string) => Date.parse(text)
const told = (due: number) => new Date(due).toISOString()

test.each([
  ['daily', 'UTC', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
  ['daily', 'UTC', '2026-11-23T07:59:59Z', '2026-11-22T08:00:00.000Z', '2026-11-23T08:00:00.000Z'],
  ['weekly', 'Europe/Berlin', '2026-11-25T12:00:00Z', '2026-11-23T07:00:00.000Z', '2026-11-30T07:00:00.000Z'],
  // The clocks of Berlin go forward on 29 March, those of New York went on 8 March.
  ['daily', 'Europe/Berlin', '2026-03-29T05:00:00Z', '2026-03-28T07:00:00.000Z', '2026-03-29T06:00:00.000Z'],
  ['weekly', 'America/New_York', '2026-03-09T11:59:00Z', '2026-03-02T13:00:00.000Z', '2026-03-09T12:00:00.000Z'],
  // Sunday evening in London is Monday morning in Kiritimati.
  ['weekly', 'Pacific/Kiritimati', '2026-11-22T18:00:00Z', '2026-11-22T18:00:00.000Z', '2026-11-29T18:00:00.000Z'],
  ['daily', 'Asia/Kathmandu', '2026-11-23T02:14:00Z', '2026-11-22T02:15:00.000Z', '2026-11-23T02:15:00.000Z'],
] as const)('a %s digest in %s, at %s, was due at %s and is next at %s', (cadence, zone, now, last, next) => {
  expect(told(lastDigestDue(cadence, zone, at(now)))).toBe(last)
  expect(told(nextDigestDue(cadence, zone, at(now)))).toBe(next)
})

test('dues follow each other without a gap, whatever the clocks do', () => {
  const zone = fc.constantFrom('Europe/London', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia')
  const moment = fc.integer({min: at('2020-01-01'), max: at('2030-01-01')})
  const rounds = {daily: [23, 25], weekly: [167, 169]} as const
  fc.assert(
    fc.property(fc.constantFrom('daily' as const, 'weekly' as const), zone, moment, (cadence, timezone, now) => {
      const [last, next] = [lastDigestDue(cadence, timezone, now), nextDigestDue(cadence, timezone, now)]
      expect(last).toBeLessThanOrEqual(now)
      expect(next).toBeGreaterThan(now)
      expect(lastDigestDue(cadence, timezone, next)).toBe(next)
      expect(nextDigestDue(cadence, timezone, last)).toBe(next)
      const [least, most] = rounds[cadence]
      expect((next - last) / 3_600_000).toBeGreaterThanOrEqual(least)
      expect((next - last) / 3_600_000).toBeLessThanOrEqual(most)
    }),
    {numRuns: 50},
  )
})
