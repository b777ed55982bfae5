import fc from 'fast-check'
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

/** What Intl itself says of an instant, without an offset. */
function clockAt(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {timeZone, dateStyle: 'short', timeStyle: 'medium'})
  return format.format(instant).replace(' ', 'T')
}

test('is the instant and what the clocks there show, on whatever day they change', () => {
  // By half an hour, by a whole day, several times a year, and not at all.
  const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca', 'Asia/Kathmandu', 'UTC']
  const seconds = fc.integer({min: at('1972-01-01') / 1_000, max: at('2100-01-01') / 1_000})
  const changes = fc.constantFrom(
    '2026-03-29T01:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-04-04T15:00:00Z',
    '2011-12-30T10:00:00Z',
    '2026-02-15',
  )
  const nearby = fc.tuple(changes, fc.integer({min: -90_000, max: 90_000})).map(([iso, by]) => at(iso) / 1_000 + by)
  const property = fc.property(fc.constantFrom(...zones), fc.oneof(seconds, nearby), (zone, second) => {
    const {iso, text} = formatDate(second * 1_000, 'en', zone)
    expect([at(iso), iso.slice(0, 19)]).toEqual([second * 1_000, clockAt(second * 1_000, zone)])
    const long = new Intl.DateTimeFormat('en', {dateStyle: 'long', timeZone: zone})
    expect(text).toBe(long.format(second * 1_000))
  })
  fc.assert(property)
})

test('local time that is ahead by seconds is told by the closest offset that can be written', () => {
  expect(formatDate(at('1850-06-01T12:00:00Z'), 'en', 'Europe/Berlin').iso).toBe('1850-06-01T12:53:00+00:53')
})

test('years of five digits are no reason to take one day for another', () => {
  const [first, second] = [1, 2].map((day) => formatDate(Date.UTC(12_000, 5, day), 'en', 'UTC').text)
  expect([first, second]).toEqual(['June 1, 12000', 'June 2, 12000'])
})

test('a timezone that is none is refused', () => {
  expect(() => formatDate(0, 'en', 'Middle/Earth')).toThrow(RangeError)
})
