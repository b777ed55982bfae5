import {expect, test} from 'vitest'
import {startBed} from '../test/start-bed.ts'
import {inspectRedis} from './inspect-redis.ts'

test('how a Redis is set is told', async () => {
  const bed = await startBed()
  try {
    const set = (name: string, value: string) => bed.redis((redis) => redis.config('SET', name, value))
    expect(await inspectRedis(bed.redisUrl)).toMatchObject({policy: 'noeviction', keeps: 'writes'})
    await set('maxmemory-policy', 'allkeys-lru')
    await set('appendonly', 'no')
    await set('save', '60 1')
    expect(await inspectRedis(bed.redisUrl)).toMatchObject({policy: 'allkeys-lru', keeps: 'snapshots'})
    await set('save', '')
    expect((await inspectRedis(bed.redisUrl)).keeps).toBe('nothing')
    await bed.killServer()
    await expect(inspectRedis(bed.redisUrl)).rejects.toThrow('Redis does not answer')
    await expect(inspectRedis('http://x')).rejects.toMatchObject({code: 'queue.url'})
  } finally {
    await bed.stop()
  }
})
