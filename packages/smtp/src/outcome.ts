/** What is true for this message (`recipient`), or for every message sent to this server now (`server`). */
export type OutcomeScope = 'recipient' | 'server'

/**
 * What is known about one submission, named for what is known and not for what is hoped:
 *
 * - `accepted`: the server answered the final dot with 2xx. It has the message.
 * - `deferred`: the server does not have the message and a later try may work: a 4xx reply, or the connection failed
 *   before the final dot was written.
 * - `failed`: the server does not have the message and answered 5xx, or the envelope is unfit to be sent.
 * - `uncertain`: the final dot was written and no reply came. The server may have the message.
 */
export type Outcome =
  | {state: 'accepted'; reply: string}
  | {state: 'deferred'; scope: OutcomeScope; reason: string; reply?: string; code?: number; enhanced?: string}
  | {state: 'failed'; scope: OutcomeScope; reason: string; reply: string; code: number; enhanced?: string}
  | {state: 'uncertain'; reason: string}

export type Submission = {
  /** Envelope sender, one bare address. */
  from: string
  /** Envelope recipient, one bare address. */
  to: string
  /** The whole message as it is to be sent (RFC 5322). */
  raw: Uint8Array
  /** What a provider gives back with what it tells of this message; other servers do not get it. */
  tag?: string
}

export type Submitter = {
  /** Submits one message. Never throws for what a server or network does: that is the outcome. */
  submit(submission: Submission): Promise<Outcome>
  /** How many connections may be in use at once: the most submissions that can be in doubt. */
  readonly connections: number
  /** Connects, greets and logs in. Throws `smtp.unreachable` (transient) or `smtp.refused` (invalid). */
  verify(): Promise<void>
  /**
   * Waits for submissions in hand, then says QUIT on every connection. Those that take longer than `patienceMs` are
   * given up: their outcome is uncertain where the final dot was sent. A repeat does nothing.
   */
  close(options?: {patienceMs?: number}): Promise<void>
}

export type SubmitterTimeouts = {
  /** Until the TCP and TLS connection stands. */
  connectMs?: number
  /** Until the server's greeting. */
  greetingMs?: number
  /** Until each reply before the final dot, and the longest pause while the message is written. */
  commandMs?: number
  /** Until the reply to the final dot (RFC 5321 4.5.3.2.6: ten minutes). */
  dotMs?: number
  /** How long an unused connection is kept. */
  idleMs?: number
}

export type SubmitterOptions = {
  /** `smtp://user:pass@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start). */
  url: string
  /** 5 unless said otherwise. */
  connections?: number
  timeouts?: SubmitterTimeouts
  /** What this host calls itself in EHLO. */
  name?: string
}
