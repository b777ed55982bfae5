import {randomUUID} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {askPort} from './ask-port.ts'
import {runServer} from './run-server.ts'
import type {RunningServer, StartOptions} from './server.ts'

/**
 * Starts a NATS server with JetStream on disk. Goes on with the streams in `dir`, also after it or its owner was
 * killed; a survivor of a killed owner is ended first.
 *
 * Throws `servers.port-taken` (invalid) naming who holds the port, `servers.in-use` (invalid) when a living process
 * runs one on this folder, `servers.start-failed` (transient) with the end of its log.
 */
export async function startNats(options: StartOptions): Promise<RunningServer> {
  const {port, host = '127.0.0.1'} = options
  const dir = resolve(options.dir)
  const serverName = `broadside-${randomUUID()}`
  return await runServer(
    {
      name: 'nats',
      async configure(address) {
        const configFile = join(dir, 'nats.conf')
        await writeFile(configFile, natsConfig({...address, serverName}))
        return ['--config', configFile]
      },
      async isReady() {
        const answer = await askPort({host, port, question: ''}, (text) => text.includes('\r\n'))
        // The name tells it from another NATS on this port.
        return answer?.startsWith('INFO ') === true && answer.includes(serverName) && /"jetstream":\s*true/.test(answer)
      },
    },
    {...options, dir},
  )
}

/** No `sync_interval`: NATS before 2.10 refuses the whole file for it. */
function natsConfig(server: {host: string; port: number; dir: string; serverName: string}): string {
  return [
    `server_name: ${JSON.stringify(server.serverName)}`,
    `host: ${JSON.stringify(server.host)}`,
    `port: ${server.port}`,
    `jetstream { store_dir: ${JSON.stringify(server.dir)} }`,
    '',
  ].join('\n')
}
