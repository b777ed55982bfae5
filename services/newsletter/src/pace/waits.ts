import type {SendingRules} from './sending-rules.ts'

const dayMs = 86_400_000

/** When a site may send again that keeps quiet now; undefined when it may send. */
export function endOfQuiet(quiet: SendingRules['quiet'], now: number): number | undefined {
  if (quiet === undefined) return undefined
  const {from, to, zone} = quiet
  const minute = minuteOfDay(now, zone)
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to
  if (!isQuiet) return undefined
  // Seconds that have passed count; on the two days a year when clocks change, the next look puts it right.
  return now - (now % 60_000) + ((to - minute + 1440) % 1440) * 60_000
}

function minuteOfDay(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23'})
  const [hour = '0', minute = '0'] = parts.format(at).split(':')
  return Number(hour) * 60 + Number(minute)
}

/** How many mails a site sent today, and since when it is warmed up: `day` counts from 1970. */
export type SentToday = {day: number; sent: number; firstDay: number}

/** How many mails may still go today (UTC), and when it is tomorrow. */
export function warmUpLeft(
  warmUp: NonNullable<SendingRules['warmUp']>,
  today: SentToday | undefined,
  now: number,
): {left: number; tomorrow: number} {
  const day = Math.floor(now / dayMs)
  const age = today === undefined ? 0 : day - today.firstDay
  const most = Math.floor(warmUp.first * warmUp.growth ** age)
  return {left: Math.max(0, most - (today?.day === day ? today.sent : 0)), tomorrow: (day + 1) * dayMs}
}

/** The count after `sent` more. */
export function countSent(today: SentToday | undefined, sent: number, now: number): SentToday {
  const day = Math.floor(now / dayMs)
  if (today === undefined) return {day, sent, firstDay: day}
  return {...today, day, sent: today.day === day ? today.sent + sent : sent}
}
