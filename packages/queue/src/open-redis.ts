import {Redis, type CommonRedisOptions} from 'ioredis'
import {BroadsideError} from '@broadside/runtime'

type Given = Pick<
  CommonRedisOptions,
  'enableOfflineQueue' | 'keepAlive' | 'lazyConnect' | 'maxRetriesPerRequest' | 'retryStrategy'
>

/** @throws BroadsideError `queue.url` (invalid). */
export function openRedis(redisUrl: string, options: Given): Redis {
  if (!/^rediss?:\/\/[^/]/.test(redisUrl) || !URL.canParse(redisUrl)) {
    // The address itself stays out of the message, since it may hold a password.
    throw new BroadsideError('invalid', 'queue.url', 'the address of Redis cannot be read', {
      hint: 'REDIS_URL has the form redis://host:6379',
    })
  }
  return new Redis(redisUrl, {connectTimeout: 2_000, ...options})
}
