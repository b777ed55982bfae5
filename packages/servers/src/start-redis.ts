import {writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {askPort} from './ask-port.ts'
import {runServer} from './run-server.ts'
import type {RunningServer, StartOptions} from './server.ts'

/**
 * Starts a Redis that keeps every write in an append-only file, synced each second, and never evicts a key. Goes on
 * with the data in `dir`, also after it or its owner was killed; a survivor of a killed owner is ended first.
 *
 * Throws `servers.port-taken` (invalid) naming who holds the port, `servers.in-use` (invalid) when a living process
 * runs one on this folder, `servers.start-failed` (transient) with the end of its log.
 */
export async function startRedis(options: StartOptions): Promise<RunningServer> {
  const {port, host = '127.0.0.1'} = options
  const dir = resolve(options.dir)
  const configFile = join(dir, 'redis.conf')
  return await runServer(
    {
      name: 'redis',
      async configure(address) {
        await writeFile(configFile, redisConfig({...address, isContained: options.image !== undefined}))
        return [configFile]
      },
      async isReady() {
        const question = 'PING\r\nINFO server\r\nECHO broadside-asked\r\n'
        const answer = await askPort({host, port, question}, (text) => text.includes('\r\nbroadside-asked\r\n'))
        // The first answer is -LOADING while it reads its file. The second tells it from another Redis on this port.
        return answer?.startsWith('+PONG') === true && answer.includes(`config_file:${configFile}\r\n`)
      },
    },
    {...options, dir},
  )
}

function redisConfig(server: {host: string; port: number; dir: string; isContained: boolean}): string {
  return [
    `bind ${server.host}`,
    `port ${server.port}`,
    // A container's port is published on the address that was asked for, and callers do not come from its loopback.
    `protected-mode ${server.isContained ? 'no' : 'yes'}`,
    `dir ${JSON.stringify(server.dir)}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n')
}
