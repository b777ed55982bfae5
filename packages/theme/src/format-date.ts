import type {DateModel} from './models.ts'

type Formatters = {
  people: Intl.DateTimeFormat
  machines: Intl.DateTimeFormat
  /** A date stands on the page, in its Markdown and in the lists that are built about then. */
  known: Map<number, DateModel>
  /** By day since 1970 in UTC: how far local time is ahead all day, ms; NaN where that changes or is no whole minute. */
  aheadOn: Map<number, number>
  /** By local day: it in words. */
  words: Map<string, string>
}
const mostKnown = 200
const mostDays = 10_000
const dayMs = 86_400_000
const firstInstant = Date.parse('0001-01-01T00:00:00Z')
const lastInstant = Date.parse('9999-12-31T23:59:59Z')

const formatters = new Map<string, Formatters>()

/** Making a formatter costs far more than using it, and a site has one language and one timezone. */
function formattersOf(language: string, timezone: string): Formatters {
  const key = `${language} ${timezone}`
  const known = formatters.get(key)
  if (known) return known
  const made: Formatters = {
    known: new Map(),
    aheadOn: new Map(),
    words: new Map(),
    people: new Intl.DateTimeFormat(language, {dateStyle: 'long', timeZone: timezone}),
    machines: new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    }),
  }
  formatters.set(key, made)
  return made
}

/**
 * An instant (milliseconds since the epoch) as the day it is in `timezone` (IANA name), in words of `language`
 * (BCP 47), and as RFC 3339 with that day's offset. Throws RangeError for a timezone or language that is none.
 */
export function formatDate(instant: number, language: string, timezone: string): DateModel {
  const formatters = formattersOf(language, timezone)
  const kept = formatters.known.get(instant)
  if (kept !== undefined) return kept
  const date = format(instant, formatters)
  if (formatters.known.size >= mostKnown) formatters.known.clear()
  formatters.known.set(instant, date)
  return date
}

/** Intl takes some 50 µs for the parts of a date, so it is asked once about a day and not about each instant of it. */
function format(instant: number, formatters: Formatters): DateModel {
  const day = Math.floor(instant / dayMs)
  const ahead = keep(formatters.aheadOn, day, () => {
    const [first, last] = [day, day + 1].map((at) => aheadAt(at * dayMs, formatters))
    return first === last ? first! : Number.NaN
  })
  const iso = printIso(instant, ahead) ?? isoByParts(instant, formatters)
  const text = keep(formatters.words, iso.slice(0, iso.indexOf('T')), () => formatters.people.format(instant))
  return {iso, text}
}

function keep<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const kept = known.get(key)
  if (kept !== undefined) return kept
  const made = make()
  if (known.size >= mostDays) known.clear()
  known.set(key, made)
  return made
}

/** NaN where local time is ahead by seconds, too, as it was everywhere before clocks were set by zones. */
function aheadAt(instant: number, formatters: Formatters): number {
  const [all, sign, hours, minutes] = /(?:Z|([+-])(\d\d):(\d\d))$/.exec(isoByParts(instant, formatters)) ?? []
  if (all === 'Z') return 0
  return all === undefined || all.length > 6
    ? Number.NaN
    : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000)
}

/** Undefined where it is not known how far local time is ahead, and outside of the years that have four digits. */
function printIso(instant: number, ahead: number): string | undefined {
  const local = instant + ahead
  if (!(local >= firstInstant && local <= lastInstant)) return undefined
  const minutes = Math.abs(ahead) / 60_000
  const two = (number: number): string => String(Math.trunc(number)).padStart(2, '0')
  const offset = ahead === 0 ? 'Z' : `${ahead < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
  return `${new Date(local).toISOString().slice(0, 19)}${offset}`
}

function isoByParts(instant: number, {machines}: Formatters): string {
  const part = Object.fromEntries(machines.formatToParts(instant).map(({type, value}) => [type, value]))
  // Intl writes the offset as `GMT+01:00`, and that of UTC as `GMT+00:00` or, in other versions, as plain `GMT`.
  const offset = part['timeZoneName']?.replace('GMT', '').replace('+00:00', '') || 'Z'
  const day = `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}`
  return `${day}T${part['hour']}:${part['minute']}:${part['second']}${offset}`
}
