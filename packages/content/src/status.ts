import type {Instant} from './instant.ts'

export type Status = {is: 'draft'} | {is: 'scheduled'; at: Instant} | {is: 'live'} | {is: 'expired'; at: Instant}

/** What a status depends on; `date` is the effective one, from front matter or from when the post was first seen. */
export type StatusInputs = {draft: boolean; date?: Instant | undefined; expires?: Instant | undefined}

/** Status at `asOf`. A post is live from its date on, that instant included, until it expires, that instant excluded. */
export function statusAt({draft, date, expires}: StatusInputs, asOf: Instant): Status {
  if (draft) return {is: 'draft'}
  if (expires !== undefined && expires <= asOf) return {is: 'expired', at: expires}
  if (date !== undefined && date > asOf) return {is: 'scheduled', at: date}
  return {is: 'live'}
}

/** First instant after `asOf` at which the status becomes another; undefined when time alone changes nothing. */
export function nextChangeAt({draft, date, expires}: StatusInputs, asOf: Instant): Instant | undefined {
  if (draft || (expires !== undefined && expires <= asOf)) return undefined
  const coming = [date, expires].filter((instant) => instant !== undefined && instant > asOf)
  return coming.length === 0 ? undefined : Math.min(...(coming as Instant[]))
}
