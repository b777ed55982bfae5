import {withDeadline} from './create-redis.ts'
import {openRedis} from './open-redis.ts'

export type RedisReport = {
  version: string
  /** What it does when its memory is full; undefined where it does not say. */
  policy: string | undefined
  /** Whether each write, moments, or nothing is kept for its next start; undefined where it does not say. */
  keeps: 'writes' | 'snapshots' | 'nothing' | undefined
}

const patienceMs = 2_000

/**
 * Looks at how a Redis is set, and changes nothing.
 * @throws BroadsideError `queue.url` (invalid), `queue.unavailable` (transient).
 */
export async function inspectRedis(redisUrl: string): Promise<RedisReport> {
  const redis = openRedis(redisUrl, {lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null})
  // Each failed try emits one; what is awaited tells the same.
  redis.on('error', () => undefined)
  try {
    await withDeadline(redis.connect(), patienceMs)
    const about = await withDeadline(redis.info('everything'), patienceMs)
    const valueOf = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(about)?.[1]
    // Whoever rents a Redis may not ask for this.
    const [, save] = await redis.config('GET', 'save').then(
      (found) => found,
      () => [],
    )
    const keepsWrites = valueOf('aof_enabled') === '1'
    return {
      version: valueOf('redis_version') ?? '',
      policy: valueOf('maxmemory_policy'),
      keeps: keepsWrites ? 'writes' : save === undefined ? undefined : save === '' ? 'nothing' : 'snapshots',
    }
  } finally {
    redis.disconnect()
  }
}
