import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {Redis} from 'ioredis'
import {openLedger, type Ledger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {findServer, freePort, startRedis, type RunningServer} from '@broadside/servers'
import {createQueue, type Queue, type QueueOptions} from '../src/index.ts'

export type Bed = {
  folder: string
  redisUrl: string
  ledger: Ledger
  /** A queue that is stopped with the bed. */
  queue: (options?: Partial<QueueOptions>) => Queue
  startServer: () => Promise<void>
  /** SIGKILL, and the data stays. */
  killServer: () => Promise<void>
  /** SIGSTOP and SIGCONT. */
  pauseServer: () => void
  resumeServer: () => void
  redis: <Result>(ask: (redis: Redis) => Promise<Result>) => Promise<Result>
  stop: () => Promise<void>
}

/** A Redis server and a ledger of its own for one test. */
export async function startBed(): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-queue-'))
  const program = await findServer('redis')
  const port = await freePort()
  const redisUrl = `redis://127.0.0.1:${port}`
  const ledger = await openLedger(`sqlite://${folder}/ledger.db`)
  const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent'})
  const queues: Queue[] = []
  let server: RunningServer | undefined

  let isRunning = false

  function signal(name: NodeJS.Signals): void {
    if (server !== undefined && isRunning) process.kill(server.pid, name)
  }

  const bed: Bed = {
    folder,
    redisUrl,
    ledger,
    queue(options = {}) {
      const queue = createQueue({redisUrl, ledger, log, sweepEveryMs: 50, ...options})
      queues.push(queue)
      return queue
    },
    async startServer() {
      server = await startRedis({...program, dir: join(folder, 'redis'), port, diesWithParent: true})
      isRunning = true
    },
    async killServer() {
      signal('SIGKILL')
      isRunning = false
      await server?.exited
    },
    pauseServer: () => signal('SIGSTOP'),
    resumeServer: () => signal('SIGCONT'),
    async redis(ask) {
      const redis = new Redis(redisUrl)
      try {
        return await ask(redis)
      } finally {
        redis.disconnect()
      }
    },
    async stop() {
      await Promise.all(queues.map((queue) => queue.stop()))
      await server?.stop()
      await ledger.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
  await bed.startServer()
  return bed
}

/** Resolves when `condition` holds; rejects when it does not within `withinMs`. */
export async function until(condition: () => unknown, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await delay(5)
  }
}
