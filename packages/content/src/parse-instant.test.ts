import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isTimezone, parseInstant} from './parse-instant.ts'

const iso = (text: string, timezone = 'Europe/Berlin') => {
  const instant = parseInstant(text, timezone)
  return instant === undefined ? undefined : new Date(instant).toISOString()
}

describe('parseInstant', () => {
  test.each([
    ['2026-11-02', '2026-11-01T23:00:00.000Z'],
    ['2026-7-2', '2026-07-01T22:00:00.000Z'],
    ['2026/11/02', '2026-11-01T23:00:00.000Z'],
    ['2026-11-02 09:30', '2026-11-02T08:30:00.000Z'],
    ['2026-11-02T09:30:15.25', '2026-11-02T08:30:15.250Z'],
    ['2026-11-02T09:30:00Z', '2026-11-02T09:30:00.000Z'],
    ['2026-11-02 09:30:00 +0530', '2026-11-02T04:00:00.000Z'],
    ['2026-11-02T09:30:00-05:00', '2026-11-02T14:30:00.000Z'],
    ['2026-11-02 09:30 UTC', '2026-11-02T09:30:00.000Z'],
    ['Mon, 02 Nov 2026 09:30:00 GMT', '2026-11-02T09:30:00.000Z'],
    ['Mon Nov 02 2026 09:30:00 GMT+0100 (Central European Standard Time)', '2026-11-02T08:30:00.000Z'],
    ['2 November 2026', '2026-11-01T23:00:00.000Z'],
    ['Nov 2nd, 2026', '2026-11-01T23:00:00.000Z'],
  ])('reads %j', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  test.each([
    '',
    'soon',
    '02/11/2026',
    '2026-02-30',
    '2026-13-01',
    '2026-11-02 25:00',
    '2026-11-02 10:61',
    '2026-11-02T10:00:00+99:00',
    '2026-11-02 10:00 EST',
    'Foo 2 2026',
    '1793606400',
    '2026',
    '20261102',
    `2026-11-02${' '.repeat(100)}x`,
  ])('does not guess at %j', (text) => {
    expect(iso(text)).toBeUndefined()
  })

  test('moves a time that the clocks skip on, and takes the first of one that comes twice', () => {
    expect(iso('2026-03-29 02:30')).toBe('2026-03-29T01:30:00.000Z')
    expect(iso('2026-10-25 02:30')).toBe('2026-10-25T00:30:00.000Z')
  })

  test('starts a day that has no midnight at its first moment', () => {
    expect(iso('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
  })

  test('knows zones far from Greenwich, and a day that never was', () => {
    expect(iso('2026-11-02', 'Pacific/Kiritimati')).toBe('2026-11-01T10:00:00.000Z')
    expect(iso('2011-12-30', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z')
  })

  test('reads what a Date writes, in any zone', () => {
    const dates = fc.date({min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true})
    fc.assert(
      fc.property(dates, fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York'), (date, timezone) => {
        expect(parseInstant(date.toISOString(), timezone)).toBe(date.getTime())
      }),
    )
  })
})

test('isTimezone knows names, not offsets', () => {
  expect(['UTC', 'Europe/Lisbon', 'Mars/Base', '+02:00', '', 'x y'].map(isTimezone)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})
