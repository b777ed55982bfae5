import type {DateModel} from './models.ts'

type Formatters = {
  people: Intl.DateTimeFormat
  machines: Intl.DateTimeFormat
  /** A date stands on the page, in its Markdown and in the lists that are built about then. */
  known: Map<number, DateModel>
}
const mostKnown = 200

const formatters = new Map<string, Formatters>()

/** Making a formatter costs far more than using it, and a site has one language and one timezone. */
function formattersOf(language: string, timezone: string): Formatters {
  const key = `${language} ${timezone}`
  const known = formatters.get(key)
  if (known) return known
  const made: Formatters = {
    known: new Map(),
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

function format(instant: number, {people, machines}: Formatters): DateModel {
  const part = Object.fromEntries(machines.formatToParts(instant).map(({type, value}) => [type, value]))
  // Intl writes the offset as `GMT+01:00`, and that of UTC as `GMT+00:00` or, in other versions, as plain `GMT`.
  const offset = part['timeZoneName']?.replace('GMT', '').replace('+00:00', '') || 'Z'
  const day = `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}`
  return {iso: `${day}T${part['hour']}:${part['minute']}:${part['second']}${offset}`, text: people.format(instant)}
}
