import type {Cadence} from './preferences.ts'

export type DigestCadence = Exclude<Cadence, 'each'>

/** Digests leave at eight in the morning where their readers are, those of a week on Mondays. */
const hour = 8
const monday = 1
const dayMs = 86_400_000

/** The newest moment up to `now` (ms) at which a digest was due. Throws a RangeError for a zone that is none. */
export function lastDigestDue(cadence: DigestCadence, timezone: string, now: number): number {
  return dues(cadence, timezone, now).findLast((due) => due <= now)!
}

/** The first moment after `now` (ms) at which a digest is due. Throws a RangeError for a zone that is none. */
export function nextDigestDue(cadence: DigestCadence, timezone: string, now: number): number {
  return dues(cadence, timezone, now).find((due) => due > now)!
}

/** The dues of the days around `now`, in order, at least one on either side of it. */
function dues(cadence: DigestCadence, timezone: string, now: number): number[] {
  const offsetAt = createOffsets(timezone)
  const today = Math.floor((now + offsetAt(now)) / dayMs)
  const days = Array.from({length: 19}, (_, index) => today + index - 9)
  return days
    .filter((day) => cadence === 'daily' || new Date(day * dayMs).getUTCDay() === monday)
    .map((day) => {
      const local = day * dayMs + hour * 3_600_000
      // Clocks change at night, so the second look has the offset of the morning.
      return local - offsetAt(local - offsetAt(local))
    })
}

/** By how many ms the clocks of a zone are ahead of UTC at a moment. */
function createOffsets(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({type, value}) => [type, Number(value)]))
    const {year, month, day, hour: hours, minute, second} = part as Record<string, number>
    return Date.UTC(year!, month! - 1, day, hours, minute, second) - Math.floor(at / 1_000) * 1_000
  }
}
