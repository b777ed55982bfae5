import {join} from 'node:path'
import {jetstreamManager} from '@nats-io/jetstream'
import {connect} from '@nats-io/transport-node'
import {findServer, startNats, startRedis, type RunningServer, type ServerName} from '@broadside/servers'
import {Redis} from 'ioredis'

/** The NATS and the Redis of one world; each keeps its port and its data over `stop` and `start`. */
export type WorldServers = {
  urls: Record<ServerName, string>
  stop: (name: ServerName) => Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill: (name: ServerName) => Promise<void>
  start: (name: ServerName) => Promise<void>
  /** Forgets every event that NATS keeps, and every consumer. */
  deleteStream: () => Promise<void>
  /** Forgets every job. */
  flushRedis: () => Promise<void>
  stopAll: () => Promise<void>
}

const starters = {nats: startNats, redis: startRedis}

export async function startServers(home: string, ports: Record<ServerName, number>): Promise<WorldServers> {
  const running = new Map<ServerName, RunningServer>()
  const servers: WorldServers = {
    urls: {nats: `nats://127.0.0.1:${ports.nats}`, redis: `redis://127.0.0.1:${ports.redis}`},
    async stop(name) {
      await running.get(name)?.stop()
      running.delete(name)
    },
    async kill(name) {
      const server = running.get(name)
      running.delete(name)
      if (server === undefined) return
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
    async start(name) {
      const program = await findServer(name)
      const dir = join(home, name)
      running.set(name, await starters[name]({...program, dir, port: ports[name], diesWithParent: true}))
    },
    async deleteStream() {
      const connection = await connect({servers: servers.urls.nats})
      const manager = await jetstreamManager(connection)
      await manager.streams.delete('BROADSIDE')
      await connection.close()
    },
    async flushRedis() {
      const redis = new Redis(servers.urls.redis)
      await redis.flushall()
      redis.disconnect()
    },
    async stopAll() {
      await Promise.all([servers.stop('nats'), servers.stop('redis')])
    },
  }
  await Promise.all([servers.start('nats'), servers.start('redis')])
  return servers
}
