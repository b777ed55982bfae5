import type {Redis} from 'ioredis'
import {BroadsideError, type Logger} from '@broadside/runtime'
import {openRedis} from './open-redis.ts'

/**
 * A connection that begins at once and is never given up. `waits`: commands given while Redis is away are kept until
 * it is back, as workers need it; otherwise they fail at once.
 *
 * @throws BroadsideError `queue.url` (invalid).
 */
export function createRedis(redisUrl: string, {waits, log}: {waits: boolean; log: Logger}): Redis {
  const redis = openRedis(redisUrl, {
    maxRetriesPerRequest: waits ? null : 0,
    enableOfflineQueue: waits,
    keepAlive: 5_000,
    retryStrategy: (times) => Math.min(100 * times, 1_000),
  })
  let isUp = false
  redis.on('ready', () => {
    isUp = true
    log.info({event: 'queue.connected', waits}, 'Redis answers')
  })
  // And not `close`, which a disconnection of our own emits as well.
  redis.on('reconnecting', () => {
    if (isUp) log.warn({event: 'queue.disconnected', waits}, 'Redis is away; the ledger knows what is to be done')
    isUp = false
  })
  // Each failed try emits one; `ready` and `close` tell all there is to tell.
  redis.on('error', () => undefined)
  return redis
}

/** Resolves when Redis answers; rejects with `queue.unavailable` (transient) when it does not within `withinMs`. */
export async function whenReady(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return
  const ready = Promise.withResolvers<void>()
  redis.once('ready', ready.resolve)
  try {
    await withDeadline(ready.promise, withinMs)
  } finally {
    redis.off('ready', ready.resolve)
  }
}

/** What `operation` gives; rejects with `queue.unavailable` (transient) when it fails or is not over in `withinMs`. */
export async function withDeadline<Result>(operation: Promise<Result>, withinMs: number): Promise<Result> {
  const deadline = Promise.withResolvers<never>()
  const timer = setTimeout(() => deadline.reject(new Error(`no answer within ${withinMs} ms`)), withinMs)
  try {
    return await Promise.race([operation, deadline.promise])
  } catch (cause) {
    throw new BroadsideError('transient', 'queue.unavailable', 'Redis does not answer', {
      cause,
      hint: 'Is it running where REDIS_URL says? Nothing is lost meanwhile: the ledger knows what is to be done',
    })
  } finally {
    clearTimeout(timer)
  }
}
