import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {connect} from '@nats-io/transport-node'
import {jetstream, jetstreamManager} from '@nats-io/jetstream'
import {createEvent, type Envelope} from '@broadside/contracts'
import {appendEvents, openLedger, type Ledger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {findServer, freePort, startNats, type RunningServer} from '@broadside/servers'
import {createBus, type Bus, type BusOptions} from '../src/index.ts'

export type Bed = {
  folder: string
  natsUrl: string
  ledger: Ledger
  /** A bus that is stopped with the bed. */
  bus: (service: string, options?: Partial<BusOptions>) => Bus
  startServer: () => Promise<void>
  /** SIGKILL, and the data stays. */
  killServer: () => Promise<void>
  wipeStore: () => Promise<void>
  state: (events: Envelope[], source?: string) => Promise<void>
  /** Puts a body on the stream that no outbox would hold. */
  publishRaw: (subject: string, body: string) => Promise<void>
  manager: <Result>(ask: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<Result>) => Promise<Result>
  stop: () => Promise<void>
}

/** A NATS server and a ledger of its own for one test. */
export async function startBed({started = true}: {started?: boolean} = {}): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-bus-'))
  const program = await findServer('nats')
  const port = await freePort()
  const natsUrl = `nats://127.0.0.1:${port}`
  const ledger = await openLedger(`sqlite://${folder}/ledger.db`)
  const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent'})
  const buses: Bus[] = []
  let server: RunningServer | undefined

  const bed: Bed = {
    folder,
    natsUrl,
    ledger,
    bus(service, options = {}) {
      const bus = createBus({natsUrl, service, ledger, log, ...options})
      buses.push(bus)
      return bus
    },
    async startServer() {
      server = await startNats({...program, dir: join(folder, 'nats'), port, diesWithParent: true})
    },
    async killServer() {
      if (server !== undefined) process.kill(server.pid, 'SIGKILL')
      await server?.exited
    },
    wipeStore: () => rm(join(folder, 'nats', 'jetstream'), {recursive: true, force: true}),
    state: (events, source = 'intake') => ledger.transaction((db) => appendEvents(db, source, events, Date.now())),
    async publishRaw(subject, body) {
      const connection = await connect({servers: natsUrl})
      await jetstream(connection).publish(subject, body)
      await connection.close()
    },
    async manager(ask) {
      const connection = await connect({servers: natsUrl})
      try {
        return await ask(await jetstreamManager(connection))
      } finally {
        await connection.close()
      }
    },
    async stop() {
      await Promise.all(buses.map((bus) => bus.stop()))
      await server?.stop()
      await ledger.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
  if (started) await bed.startServer()
  return bed
}

/** The events of revisions `from` to `to`. */
export function revisions(from: number, to = from): Envelope[] {
  return Array.from({length: to - from + 1}, (_, index) =>
    createEvent('revision.rendered', {site: 'field-notes', revision: from + index}, 1_000),
  )
}

/** Resolves when `condition` holds; rejects when it does not within `withinMs`. */
export async function until(condition: () => unknown, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await delay(5)
  }
}
