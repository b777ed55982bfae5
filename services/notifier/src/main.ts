import {createBus} from '@broadside/bus'
import {openLedger} from '@broadside/ledger'
import {createHttpServer, createLogger, readConfig, runMain, runUntilSignal, systemClock} from '@broadside/runtime'
import {notifierConfig} from './config.ts'
import {createNotifier} from './create-notifier.ts'

await runMain(async () => {
  const config = readConfig(notifierConfig, process.env)
  const log = createLogger({service: 'notifier', level: config.LOG_LEVEL})
  const ledger = await openLedger(config.DATABASE_URL)
  const bus = createBus({natsUrl: config.NATS_URL, service: 'notifier', ledger, log})
  const notifier = createNotifier(
    {ledger, bus, clock: systemClock, log},
    {privateHubs: config.NOTIFIER_PRIVATE_HUBS?.split(',').map((host) => host.trim()) ?? []},
  )
  const health = createHttpServer({
    name: 'notifier.http',
    host: config.NOTIFIER_HOST,
    port: config.NOTIFIER_PORT,
    log,
    checks: {ledger: ledger.check, nats: bus.check},
  })
  await runUntilSignal([health, notifier, bus], {log, drainMs: 20_000})
  await ledger.close()
})
