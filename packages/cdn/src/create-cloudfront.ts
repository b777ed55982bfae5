import {createHash} from 'node:crypto'
import {CloudFrontClient, CreateInvalidationCommand} from '@aws-sdk/client-cloudfront'
import {BroadsideError} from '@broadside/runtime'
import {explainStatus, unreachable} from './call-api.ts'
import type {Cdn} from './cdn.ts'
import {inBatches} from './in-batches.ts'

/** CloudFront has no more paths under way at once. */
const pathsPerCall = 3_000

/**
 * CloudFront, by distribution, with the credentials that the AWS SDK finds; they need
 * `cloudfront:CreateInvalidation`. Everything below the site is one path with a `*`, and counts as one. `batch` names
 * what the purge is for: a repeat within a minute has the same caller reference, and is no second invalidation.
 */
export function createCloudFront({
  distribution,
  api,
  budget,
  now = () => Date.now(),
}: {
  distribution: string
  api?: string | undefined
  budget: number
  now?: () => number
}): Cdn {
  const client = new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 2,
    ...(api === undefined ? {} : {endpoint: api}),
  })
  const describe = () => `CloudFront, distribution ${distribution}`

  async function invalidate(paths: string[], signal: AbortSignal | undefined): Promise<void> {
    const what = `invalidate ${paths.length} paths at ${describe()}`
    const minute = Math.floor(now() / 60_000)
    const reference = createHash('sha256')
      .update(JSON.stringify([minute, paths]))
      .digest('hex')
      .slice(0, 32)
    const command = new CreateInvalidationCommand({
      DistributionId: distribution,
      InvalidationBatch: {CallerReference: reference, Paths: {Quantity: paths.length, Items: paths}},
    })
    try {
      await client.send(command, signal === undefined ? {} : {abortSignal: signal})
    } catch (error) {
      throw explain(what, error)
    }
  }

  return {
    budget,
    purgeUrls: (urls, {signal} = {}) =>
      inBatches(
        urls.map((url) => new URL(url).pathname),
        pathsPerCall,
        (paths) => invalidate(paths, signal),
      ),
    purgeBelow: (siteUrl, {signal} = {}) => invalidate([`${new URL(siteUrl).pathname}*`], signal),
    describe,
  }
}

function explain(what: string, error: unknown): BroadsideError {
  const {name, message, $metadata} = error as Error & {$metadata?: {httpStatusCode?: number}}
  const status = $metadata?.httpStatusCode
  if (/Throttl|TooManyInvalidations|TooManyRequests/.test(name)) return explainStatus(what, 429, message)
  if (name === 'CredentialsProviderError') return explainStatus(what, 403, message)
  return status === undefined ? unreachable(what, new Error(message)) : explainStatus(what, status, message)
}
