import {Temporal} from 'temporal-polyfill'
import type {DateModel} from './models.ts'

type Known = {
  people: Intl.DateTimeFormat
  /** A date stands on the page, in its Markdown and in the lists that are built about then. */
  dates: Map<number, DateModel>
  /** By local day: it in words, for which Intl takes longer than all else takes. */
  words: Map<string, string>
}
const mostDates = 200
const mostDays = 10_000

const known = new Map<string, Known>()

/** Making a formatter costs far more than using it, and a site has one language and one timezone. */
function knownOf(language: string, timezone: string): Known {
  return keep(known, `${language} ${timezone}`, Infinity, () => ({
    people: new Intl.DateTimeFormat(language, {dateStyle: 'long', timeZone: timezone}),
    dates: new Map(),
    words: new Map(),
  }))
}

/**
 * An instant (milliseconds since the epoch) as the day it is in `timezone` (IANA name), in words of `language`
 * (BCP 47), and as RFC 3339 with that day's offset. Throws RangeError for a timezone or language that is none.
 */
export function formatDate(instant: number, language: string, timezone: string): DateModel {
  const {people, dates, words} = knownOf(language, timezone)
  return keep(dates, instant, mostDates, () => {
    const local = print(instant, timezone)
    const text = keep(words, local.slice(0, local.indexOf('T')), mostDays, () => people.format(instant))
    return {iso: local.replace(/\+00:00$/, 'Z'), text}
  })
}

function print(instant: number, timezone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(instant)
  const zoned = at.toZonedDateTimeISO(timezone)
  // Clocks were ahead by seconds, too, before there were zones: the closest offset that can be written (RFC 3339, 5.8).
  const writable = zoned.offset.length > 6 ? at.toZonedDateTimeISO(zoned.offset.slice(0, 6)) : zoned
  return writable.toString({smallestUnit: 'second', timeZoneName: 'never'})
}

function keep<Key, Value>(known: Map<Key, Value>, key: Key, most: number, make: () => Value): Value {
  const kept = known.get(key)
  if (kept !== undefined) return kept
  const made = make()
  if (known.size >= most) known.clear()
  known.set(key, made)
  return made
}
