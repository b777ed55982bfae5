import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createBus} from '@broadside/bus'
import {ensureSite, openLedger, type EffectRow, type Ledger} from '@broadside/ledger'
import {createLogger, type Service} from '@broadside/runtime'
import {findServer, freePort, startNats, type RunningServer} from '@broadside/servers'
import {createFaultyHttp, until, type FaultyHttp} from '@broadside/testkit'
import {createNotifier, type NotifierOptions} from '../src/index.ts'
import {site, siteUrl} from './fill-ledger.ts'

export type Bed = {
  ledger: Ledger
  /** A hub, or anything else that is told by HTTP. */
  outside: FaultyHttp
  /** What a process of notifier needs to work on this bed. */
  env: Record<string, string>
  /** Runs notifier in this process until the test ends. `laterMs` puts its clock forward. */
  start: (options?: Partial<NotifierOptions>, laterMs?: number) => Promise<Service>
  effects: () => Promise<EffectRow[]>
  /** Resolves with the effects once each is in one of `states`, and there are `count`. */
  settled: (count: number, states?: string[]) => Promise<EffectRow[]>
  stop: () => Promise<void>
}

/** NATS, kept for all tests of a file. */
export async function startBus(): Promise<RunningServer & {folder: string}> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-notifier-nats-'))
  const program = await findServer('nats')
  const nats = await startNats({...program, dir: join(folder, 'nats'), port: await freePort(), diesWithParent: true})
  return Object.assign(nats, {folder})
}

/** A ledger with a site, and a server outside, of one test's own. */
export async function startBed(nats: RunningServer): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-notifier-'))
  const databaseUrl = `sqlite://${folder}/ledger.db`
  const ledger = await openLedger(databaseUrl)
  await ensureSite(
    ledger.db,
    {
      name: site,
      remote: 'https://git.example/studio/field-notes.git',
      branch: 'main',
      site_url: siteUrl,
      audience_url: 'https://mail.notes.example/',
    },
    {id: 'site-1', now: Date.now()},
  )
  const outside = await createFaultyHttp()
  const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: true})
  const running: Service[] = []
  const run = async (service: Service): Promise<void> => {
    await service.start()
    running.unshift(service)
  }
  const bed: Bed = {
    ledger,
    outside,
    env: {DATABASE_URL: databaseUrl, NATS_URL: nats.url, NOTIFIER_PORT: '0', NOTIFIER_PRIVATE_HUBS: '127.0.0.1'},
    async start(options = {}, laterMs = 0) {
      const bus = createBus({natsUrl: nats.url, service: 'notifier', ledger, log})
      const clock = {now: () => Date.now() + laterMs}
      const notifier = createNotifier(
        {ledger, bus, clock, log},
        {privateHubs: ['127.0.0.1'], sweepMs: 20, retryMs: 20, callMs: 1_000, ...options},
      )
      await run(notifier)
      await run(bus)
      // Publisher's events come over the wire, from its own outbox.
      await run(createBus({natsUrl: nats.url, service: 'publisher', ledger, log, relayEveryMs: 50}))
      return notifier
    },
    effects: () => ledger.db.selectFrom('effects').selectAll().orderBy('id').execute(),
    settled: (count, states = ['done', 'failed', 'superseded']) =>
      until(`${count} effects are ${states.join(' or ')}`, async () => {
        const rows = await bed.effects()
        return rows.length === count && rows.every(({state}) => states.includes(state)) && rows
      }),
    async stop() {
      for (const service of running) await service.stop()
      await outside.close()
      await ledger.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
  return bed
}
