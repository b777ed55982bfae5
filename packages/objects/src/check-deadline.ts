import {BroadsideError} from '@broadside/runtime'

/** Throws a transient `objects.deadline` when the signal has fired. */
export function checkDeadline(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw deadlineError(what)
}

export function deadlineError(what: string, cause?: unknown): BroadsideError {
  return new BroadsideError('transient', 'objects.deadline', `No time was left to ${what}`, {
    hint: 'It is tried again; when this goes on, look at how long the store takes to answer.',
    cause,
  })
}
