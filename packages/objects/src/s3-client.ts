import {S3Client} from '@aws-sdk/client-s3'
import type {S3Place} from './objects-url.ts'

export type S3Options = {
  /** Instead of the SDK's own search (AWS_ACCESS_KEY_ID and so on, profile, role of the machine). */
  credentials?: {accessKeyId: string; secretAccessKey: string; sessionToken?: string}
  /** How long one attempt of a call may take. */
  attemptMs?: number
  /** Tries of a call that met a passing error, the first included. The caller's own retries come on top. */
  maxAttempts?: number
}

export const defaultAttemptMs = 30_000

/** The SDK's client for a place, with time limits on each attempt. */
export function createS3Client(place: S3Place, options: S3Options = {}): S3Client {
  const {credentials, attemptMs = defaultAttemptMs, maxAttempts = 3} = options
  const checksums = place.checksums === 'required' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED'
  return new S3Client({
    region: place.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
    forcePathStyle: place.pathStyle,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(attemptMs, 5_000),
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
    },
    ...(place.endpoint === undefined ? {} : {endpoint: place.endpoint}),
    ...(credentials === undefined ? {} : {credentials}),
  })
}
