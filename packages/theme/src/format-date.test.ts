import {expect, test} from 'vitest'
import {formatDate} from './format-date.ts'

const at = (iso: string) => Date.parse(iso)

test('a date is written in the language, for people', () => {
  const instant = at('2026-11-02T08:30:00Z')
  expect(formatDate(instant, 'en', 'Europe/Berlin').text).toBe('November 2, 2026')
  expect(formatDate(instant, 'en-GB', 'Europe/Berlin').text).toBe('2 November 2026')
  expect(formatDate(instant, 'de', 'Europe/Berlin').text).toBe('2. November 2026')
})

test("the day is the one in the site's timezone", () => {
  const instant = at('2026-11-02T23:30:00Z')
  expect(formatDate(instant, 'en', 'UTC')).toEqual({iso: '2026-11-02T23:30:00Z', text: 'November 2, 2026'})
  expect(formatDate(instant, 'en', 'Europe/Berlin')).toEqual({
    iso: '2026-11-03T00:30:00+01:00',
    text: 'November 3, 2026',
  })
  expect(formatDate(instant, 'en', 'America/St_Johns')).toEqual({
    iso: '2026-11-02T20:00:00-03:30',
    text: 'November 2, 2026',
  })
})

test.each(['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'])(
  'the machine-readable form of %s is that instant, also where clocks change',
  (iso) => {
    expect(at(formatDate(at(iso), 'de', 'Europe/Berlin').iso)).toBe(at(iso))
  },
)

test('the machine-readable form keeps to Latin digits and the Gregorian year in every language', () => {
  expect(formatDate(at('2026-11-02T08:30:00Z'), 'fa', 'Asia/Tehran').iso).toBe('2026-11-02T12:00:00+03:30')
})

test('a timezone that is none is refused', () => {
  expect(() => formatDate(0, 'en', 'Middle/Earth')).toThrow(RangeError)
})
