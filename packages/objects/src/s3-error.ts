import {BroadsideError} from '@broadside/runtime'
import type {ErrorKind} from '@broadside/runtime'
import {deadlineError} from './check-deadline.ts'

type Answer = {name: string; message: string; status: number | undefined; retryAfterMs: number | undefined}
type Cure = {kind: ErrorKind; code: string; hint: string}

/** What an error of the SDK or of one of its answers means for us; ours are passed through. Carries no credentials. */
export function explainS3Error(error: unknown, what: string, signal?: AbortSignal): BroadsideError {
  if (error instanceof BroadsideError) return error
  const answer = readAnswer(error)
  // The SDK's errors hold the whole answer and the key id, so only their words are kept.
  const cause = new Error(`${answer.name}: ${answer.message}`)
  if (signal?.aborted || answer.name === 'AbortError') return deadlineError(what, cause)
  const {kind, code, hint} = cureOf(answer)
  return new BroadsideError(kind, code, `Could not ${what}`, {
    hint,
    cause,
    details: {error: answer.name, ...(answer.status === undefined ? {} : {status: answer.status})},
    ...(kind === 'throttled' ? {retryAfterMs: answer.retryAfterMs ?? 1_000} : {}),
  })
}

/** The HTTP status of an answer that the SDK threw; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return (error as {$metadata?: {httpStatusCode?: number}})?.$metadata?.httpStatusCode
}

function cureOf({name, status}: Answer): Cure {
  if (name === 'NoSuchBucket') {
    const hint = 'Create the bucket, or correct its name, region or endpoint in OBJECTS_URL.'
    return {kind: 'invalid', code: 'objects.no-bucket', hint}
  }
  if (/^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded)/.test(name) || status === 429) {
    return {
      kind: 'throttled',
      code: 'objects.throttled',
      hint: 'The store asks for fewer requests; the work goes on by itself.',
    }
  }
  if (name === 'NoSuchUpload') {
    const hint =
      'Its parts were put together by a call whose answer was lost, or given up; the next attempt puts it anew.'
    return {kind: 'transient', code: 'objects.unreachable', hint}
  }
  // No such key is what S3 says of a put that is to replace what has been removed meanwhile.
  if (status === 412 || status === 409 || name === 'NoSuchKey') {
    const hint = 'The object was changed meanwhile; the next attempt starts from what is there now.'
    return {kind: 'transient', code: 'objects.precondition', hint}
  }
  if (name === 'CredentialsProviderError') {
    const hint = 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
    return {kind: 'invalid', code: 'objects.no-credentials', hint}
  }
  if (status === 401 || status === 403) {
    const hint =
      'The key needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket; also check it and the clock.'
    return {kind: 'invalid', code: 'objects.denied', hint}
  }
  if (status !== undefined && status >= 300 && status < 500 && status !== 408) {
    const hint = 'Check the endpoint, region and path style in OBJECTS_URL; some gateways need checksums=required.'
    return {kind: 'invalid', code: 'objects.refused', hint}
  }
  return {
    kind: 'transient',
    code: 'objects.unreachable',
    hint: 'The store or the way to it fails; the work goes on by itself.',
  }
}

function readAnswer(error: unknown): Answer {
  const thrown = error as {name?: string; Code?: string; code?: string; message?: string; $response?: unknown}
  const headers = (thrown.$response as {headers?: Record<string, string>} | undefined)?.headers ?? {}
  const seconds = Number(headers['retry-after'])
  return {
    name:
      thrown.Code ?? (thrown.name === 'Error' && thrown.code !== undefined ? thrown.code : (thrown.name ?? 'Error')),
    message: thrown.message ?? '',
    status: statusOf(error),
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined,
  }
}
