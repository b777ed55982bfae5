import type {DateModel} from './models.ts'

const formatters = new Map<string, {people: Intl.DateTimeFormat; machines: Intl.DateTimeFormat}>()

/** Making a formatter costs far more than using it, and a site has one language and one timezone. */
function formattersOf(language: string, timezone: string) {
  const key = `${language} ${timezone}`
  const known = formatters.get(key)
  if (known) return known
  const made = {
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
  const {people, machines} = formattersOf(language, timezone)
  const part = Object.fromEntries(machines.formatToParts(instant).map(({type, value}) => [type, value]))
  // Intl writes the offset as `GMT+01:00`, and that of UTC as `GMT+00:00` or, in other versions, as plain `GMT`.
  const offset = part['timeZoneName']?.replace('GMT', '').replace('+00:00', '') || 'Z'
  const day = `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}`
  return {iso: `${day}T${part['hour']}:${part['minute']}:${part['second']}${offset}`, text: people.format(instant)}
}
