import {access} from 'node:fs/promises'
import {openSiteObjects, parseObjectsUrl} from '@broadside/objects'
import {explain} from '@broadside/runtime'
import type {Installation} from '../find-installation.ts'
import {checkNats} from './check-nats.ts'
import {checkObjects} from './check-objects.ts'
import {checkRedis} from './check-redis.ts'
import type {Finding} from './finding.ts'

export type ServersToCheck = {
  site: string
  servers: Pick<Installation, 'natsUrl' | 'redisUrl' | 'objectsUrl'>
  env: Record<string, string | undefined>
}

/** Looks at what the services of a site work with. An address that nobody gives is told. */
export async function checkServers({site, servers, env}: ServersToCheck): Promise<Finding[]> {
  const {natsUrl, redisUrl, objectsUrl} = servers
  const found = await Promise.all([
    natsUrl === undefined ? [unsaid('NATS', 'NATS_URL')] : checkNats(natsUrl),
    redisUrl === undefined ? [unsaid('Redis', 'REDIS_URL')] : checkRedis(redisUrl),
    objectsUrl === undefined ? [unsaid('objects', 'OBJECTS_URL')] : probeObjects(objectsUrl, site, env),
  ])
  return found.flat()
}

async function probeObjects(url: string, site: string, env: ServersToCheck['env']): Promise<Finding[]> {
  const about = 'objects'
  const advice = 'OBJECTS_URL says where they are'
  try {
    const place = parseObjectsUrl(url)
    // A folder that is opened is made, and a doctor makes nothing.
    if (place.kind === 'file') await access(place.folder)
    const objects = await openSiteObjects(url, {env})
    try {
      return [await checkObjects(objects, site)]
    } finally {
      await objects.close()
    }
  } catch (error) {
    return [{about, state: 'bad', message: `they cannot be opened: ${explain(error)}`, advice}]
  }
}

function unsaid(about: string, variable: string): Finding {
  const advice = 'Run it with the environment of the services'
  return {about, state: 'unknown', message: `${variable} is not set here`, advice}
}
