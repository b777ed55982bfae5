import {Temporal} from 'temporal-polyfill'
import type {Instant} from './instant.ts'

const time = String.raw`(?:(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*((?:Z|z|UTC|GMT)?(?:[+-]\d{2}:?(?:\d{2})?)?)(?:\s*\([^)]*\))?)?`
const numeric = new RegExp(String.raw`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})${time}$`)
const dayFirst = new RegExp(String.raw`^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})${time}$`)
const monthFirst = new RegExp(
  String.raw`^(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${time}$`,
)
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Reads a date as people write it: ISO 8601 and RFC 3339, `2026-11-02 10:00 +0100`, `2 Nov 2026`, `Nov 2, 2026`,
 * RFC 5322. A date alone is midnight (the first moment of the day) in `timezone`; a time without a zone is that
 * zone's. A time that a clock change skips is moved on by the gap, one that it repeats is the first of the two.
 * Undefined for anything else, `02/11/2026` among it, where nobody knows which is the month.
 */
export function parseInstant(text: string, timezone: string): Instant | undefined {
  const trimmed = text.trim()
  // No date is longer; the limit keeps the patterns away from long texts.
  if (trimmed.length > 80) return undefined
  const parts = matchDate(trimmed)
  if (parts === undefined) return undefined
  const [year, month, day, hour, minute, second, fraction, zone] = parts
  if (year < 1000) return undefined
  try {
    const date = Temporal.PlainDate.from({year, month, day}, {overflow: 'reject'})
    if (hour === undefined) return date.toZonedDateTime(timezone).epochMilliseconds
    const millisecond = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3))
    const fields = {hour: Number(hour), minute: Number(minute), second: Number(second ?? 0), millisecond}
    const local = date.toPlainDateTime(Temporal.PlainTime.from(fields, {overflow: 'reject'}))
    if (zone === undefined || zone === '') return local.toZonedDateTime(timezone).epochMilliseconds
    const offsetMs = parseOffset(zone)
    return offsetMs === undefined ? undefined : local.toZonedDateTime('UTC').epochMilliseconds - offsetMs
  } catch (error) {
    // The 30th of February, 25 o'clock: the calendar says no.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type DateParts = [number, number, number, ...(string | undefined)[]]

function matchDate(text: string): DateParts | undefined {
  const iso = numeric.exec(text)
  if (iso !== null) return [Number(iso[1]), Number(iso[2]), Number(iso[3]), ...iso.slice(4)]
  const european = dayFirst.exec(text)
  if (european !== null) return [Number(european[3]), monthOf(european[2]), Number(european[1]), ...european.slice(4)]
  const american = monthFirst.exec(text)
  if (american !== null) return [Number(american[3]), monthOf(american[1]), Number(american[2]), ...american.slice(4)]
  return undefined
}

/** 0, which no calendar accepts, for a word that is no English month. */
function monthOf(name = ''): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1
}

function parseOffset(zone: string): number | undefined {
  const digits = /([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (digits === null) return 0
  const [, sign, hours, minutes = '0'] = digits
  if (Number(hours) > 18 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Whether `timezone` is one that this machine's zone data knows; offsets such as `+02:00` are not time zones. */
export function isTimezone(timezone: string): boolean {
  if (!/^[A-Za-z]/.test(timezone)) return false
  try {
    Temporal.PlainDate.from('2026-01-01').toZonedDateTime(timezone)
    return true
  } catch {
    return false
  }
}
