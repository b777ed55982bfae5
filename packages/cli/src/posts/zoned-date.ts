/** An instant as a date of a time zone with its offset: `2026-11-02T10:30:00+01:00`. Seconds are left at zero. */
export function zonedDate(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  })
  const parts = new Map(format.formatToParts(instant).map(({type, value}) => [type, value]))
  const offset = (parts.get('timeZoneName') ?? '').replace('GMT', '')
  const day = `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
  return `${day}T${parts.get('hour')}:${parts.get('minute')}:00${offset === '' ? 'Z' : offset}`
}
