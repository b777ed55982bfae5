/** One captured mail as a list shows it. Ids are stable over restarts and sort in the order of arrival. */
export type CapturedSummary = {
  id: string
  /** Envelope recipients. */
  to: string[]
  /** Envelope sender. */
  from: string
  subject: string
  /** ISO 8601 in UTC. */
  receivedAt: string
}

/** One captured mail, parsed. */
export type CapturedMessage = CapturedSummary & {
  /** In the order of the message, names in lower case. */
  headers: {key: string; value: string}[]
  text: string
  html: string
  /** The message as it came, bytes above ASCII decoded as UTF-8. */
  raw: string
}
