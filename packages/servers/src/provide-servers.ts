import {join} from 'node:path'
import {findServers} from './find-server.ts'
import type {FindOptions} from './find-server.ts'
import {freePort} from './ports.ts'
import type {RunningServer, ServerName, StartOptions} from './server.ts'
import {startNats} from './start-nats.ts'
import {startRedis} from './start-redis.ts'

export type ProvideOptions = FindOptions & {
  /** Each server keeps its data in a folder of its name under here. */
  home: string
  need?: ServerName[]
  /** A NATS that runs already; none is started then. */
  natsUrl?: string | undefined
  /** A Redis that runs already; none is started then. */
  redisUrl?: string | undefined
  /** The ports to listen on; without one, the usual port where it is free, else a free one. */
  ports?: Partial<Record<ServerName, number>>
} & Pick<StartOptions, 'diesWithParent' | 'readyMs'>

export type ProvidedServers = {
  /** Where each needed server is, given or started. */
  urls: Partial<Record<ServerName, string>>
  /** Those that were started here. */
  started: RunningServer[]
  /** Stops those that were started here, and resolves when they are gone. A repeat is harmless. */
  stop(): Promise<void>
}

const usualPorts: Record<ServerName, number> = {nats: 4222, redis: 6379}
const starters = {nats: startNats, redis: startRedis}

/**
 * Sees to it that the needed servers run: uses the URL given, else finds and starts one. When one of them does not
 * start, those that did are stopped again. Throws what `findServer`, `startNats` and `startRedis` throw.
 */
export async function provideServers(options: ProvideOptions): Promise<ProvidedServers> {
  const {home, need = ['nats', 'redis'], ports = {}, onProgress = () => {}} = options
  const given: Record<ServerName, string | undefined> = {nats: options.natsUrl, redis: options.redisUrl}
  const urls: Partial<Record<ServerName, string>> = {}
  const started: RunningServer[] = []
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()))
  }
  for (const name of need) if (given[name] !== undefined) urls[name] = given[name]
  const missing = need.filter((name) => given[name] === undefined)
  const programs = await findServers(missing, options)
  try {
    for (const [index, name] of missing.entries()) {
      const program = programs[index]
      if (program === undefined) continue
      const port = ports[name] ?? (await freePort(usualPorts[name]))
      onProgress(`starting ${name}-server ${program.version} (${program.from}) on port ${port}`)
      const limits = {
        ...(options.diesWithParent === undefined ? {} : {diesWithParent: options.diesWithParent}),
        ...(options.readyMs === undefined ? {} : {readyMs: options.readyMs}),
      }
      const server = await starters[name]({...program, ...limits, dir: join(home, name), port})
      started.push(server)
      urls[name] = server.url
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {urls, started, stop}
}
