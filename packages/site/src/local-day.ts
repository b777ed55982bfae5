import type {Instant} from '@broadside/content'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The calendar day of an instant in a time zone, `2026-11-02`; years have four digits. */
export function localDay(instant: Instant, timezone: string): string {
  let format = formats.get(timezone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      timeZone: timezone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formats.set(timezone, format)
  }
  const parts = new Map(format.formatToParts(instant).map(({type, value}) => [type, value]))
  return `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
}
