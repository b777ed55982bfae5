import {createBus} from '@broadside/bus'
import {listSites, openLedger} from '@broadside/ledger'
import {createHttpServer, createLogger, readConfig, runMain, runUntilSignal, systemClock} from '@broadside/runtime'
import {notifierConfig} from './config.ts'
import {createNotifier} from './create-notifier.ts'
import {forgeOf} from './site-config.ts'

await runMain(async () => {
  const config = readConfig(notifierConfig, process.env)
  const log = createLogger({service: 'notifier', level: config.LOG_LEVEL})
  const ledger = await openLedger(config.DATABASE_URL)
  // What is wrong for a site that is there already is told now and not with its next push.
  for (const site of await listSites(ledger.db)) forgeOf(site, process.env)
  const bus = createBus({natsUrl: config.NATS_URL, service: 'notifier', ledger, log})
  const notifier = createNotifier(
    {ledger, bus, clock: systemClock, log},
    {
      privateHubs: config.NOTIFIER_PRIVATE_HUBS?.split(',').map((host) => host.trim()) ?? [],
      forgeOf: (site) => forgeOf(site, process.env),
      consoleUrl: config.CONSOLE_URL,
    },
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
