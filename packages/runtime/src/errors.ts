/**
 * What became of the thing that was tried, and so what happens next; each transport has one place that acts on it:
 *
 * - `invalid`: this input can never work. Dead letter, HTTP 4xx, exit 2.
 * - `transient`: later may work. Retried with backoff, HTTP 503, exit 75.
 * - `throttled`: the other side asks for a pause of `retryAfterMs`. HTTP 429, exit 75.
 * - `uncertain`: it may have happened. Recorded and never repeated blindly, exit 1.
 * - `bug`: ours. HTTP 500 without internals, exit 70.
 */
export type ErrorKind = 'invalid' | 'transient' | 'throttled' | 'uncertain' | 'bug'

export type ErrorOptions = {
  /** What the reader of the message can do about it, one sentence. */
  hint?: string
  cause?: unknown
  /** Flat facts for logs: path, line, host. Never secrets or mail addresses. */
  details?: Record<string, string | number | boolean>
  retryAfterMs?: number
}

/**
 * The one error type. `code` is permanent and listed in docs/errors.md (`git.fetch.refused`);
 * `message` says what was tried and what came back; `hint` says what next.
 */
export class BroadsideError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly hint: string | undefined
  readonly details: Record<string, string | number | boolean>
  readonly retryAfterMs: number | undefined

  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'BroadsideError'
    this.kind = kind
    this.code = code
    this.hint = options.hint
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }
}

/** The kind of any thrown value; what is not ours counts as a bug. */
export function kindOf(error: unknown): ErrorKind {
  return error instanceof BroadsideError ? error.kind : 'bug'
}

/** Exit code of a command that ended with `error`; see `ErrorKind`. */
export function exitCodeOf(error: unknown): number {
  const codes: Record<ErrorKind, number> = {invalid: 2, transient: 75, throttled: 75, uncertain: 1, bug: 70}
  return codes[kindOf(error)]
}

/** One line for people: the message, its causes, and the hint. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${explain(error.cause)})`
  const hint = error instanceof BroadsideError && error.hint !== undefined ? `. ${error.hint}` : ''
  return `${error.message}${cause}${hint}`
}
