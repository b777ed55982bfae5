import {inspectRedis, type RedisReport} from '@broadside/queue'
import {explain} from '@broadside/runtime'
import type {Finding} from './finding.ts'

const kept: Record<NonNullable<RedisReport['keeps']>, string> = {
  writes: 'each write is kept',
  snapshots: 'snapshots are kept; after a kill, jobs since the last one are found again from the ledger',
  nothing: 'nothing is kept; after a restart, jobs are found again from the ledger',
}

/** Whether Redis may lose single jobs, and what it keeps for its next start. */
export async function checkRedis(redisUrl: string): Promise<Finding[]> {
  try {
    const {version, policy, keeps} = await inspectRedis(redisUrl)
    return [checkPolicy(version, policy), checkPersistence(keeps)]
  } catch (error) {
    return [{about: 'Redis', state: 'bad', message: explain(error), advice: 'REDIS_URL says where it is'}]
  }
}

function checkPolicy(version: string, policy: string | undefined): Finding {
  const about = 'Redis'
  const advice = 'Set maxmemory-policy noeviction: a job that is thrown away alone is noticed late'
  if (policy === undefined)
    return {about, state: 'unknown', message: `Redis ${version} does not say what it evicts`, advice}
  if (policy !== 'noeviction')
    return {about, state: 'bad', message: `it evicts when its memory is full: ${policy}`, advice}
  return {about, state: 'good', message: `Redis ${version} evicts nothing`}
}

function checkPersistence(keeps: RedisReport['keeps']): Finding {
  const about = 'Redis, persistence'
  if (keeps === undefined) return {about, state: 'unknown', message: 'it does not say what it keeps'}
  const advice = 'appendonly yes saves those seconds'
  return {about, message: kept[keeps], ...(keeps === 'writes' ? {state: 'good'} : {state: 'unsure', advice})}
}
