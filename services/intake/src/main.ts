import {randomUUID} from 'node:crypto'
import {createBus} from '@broadside/bus'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, listSites, openLedger, ownerOf} from '@broadside/ledger'
import {openSiteObjects} from '@broadside/objects'
import {
  BroadsideError,
  createHttpServer,
  createLogger,
  readConfig,
  readSiteConfig,
  runMain,
  runUntilSignal,
  systemClock,
} from '@broadside/runtime'
import {intakeConfig} from './config.ts'
import {createHooksListener} from './create-hooks-listener.ts'
import {createIntake} from './create-intake.ts'
import {authorDomains, intakeSiteConfig} from './site-config.ts'
import {createWriteTurn} from './write-turn.ts'

await runMain(async () => {
  const config = readConfig(intakeConfig, process.env)
  const log = createLogger({service: 'intake', level: config.LOG_LEVEL})
  const turn = createWriteTurn()
  const ledger = await openLedger(config.DATABASE_URL, {beforeWrite: turn.giveWay})
  const objects = await openSiteObjects(config.OBJECTS_URL, {env: process.env, ownerOf})
  const bus = createBus({natsUrl: config.NATS_URL, service: 'intake', ledger, log})
  if (config.SITE !== undefined) {
    const {
      SITE: name,
      SITE_REMOTE: remote,
      SITE_BRANCH: branch,
      SITE_URL: site_url,
      AUDIENCE_URL: audience_url,
    } = config
    if (remote === undefined || site_url === undefined || audience_url === undefined) {
      throw new BroadsideError('invalid', 'config.invalid', 'SITE needs SITE_REMOTE, SITE_URL and AUDIENCE_URL')
    }
    await ensureSite(ledger.db, {name, remote, branch, site_url, audience_url}, {id: randomUUID(), now: Date.now()})
  }
  const domainsOf = (site: string) => authorDomains(site, process.env)
  for (const {name} of await listSites(ledger.db)) readSiteConfig(intakeSiteConfig, name, process.env)
  const images = createImagePool({size: 2})
  const intake = createIntake(
    {ledger, bus, objects, images, mirrorsDir: config.MIRRORS_DIR, authorDomains: domainsOf, clock: systemClock, log},
    {
      pollMs: config.INTAKE_POLL_MS,
      sweepMs: 1_000,
      env: process.env,
      ...(config.CONSOLE_URL === undefined ? {} : {consoleUrl: config.CONSOLE_URL}),
    },
  )
  const http = createHttpServer({
    name: 'intake.http',
    host: config.INTAKE_HOST,
    port: config.INTAKE_PORT,
    log,
    checks: {ledger: ledger.check, nats: bus.check},
    routes: intake.routes,
  })
  const hooks = createHooksListener({
    databaseUrl: config.DATABASE_URL,
    host: config.INTAKE_HOOKS_HOST,
    port: config.INTAKE_HOOKS_PORT,
    log,
    env: process.env,
    turn: turn.shared,
    follow: intake.follow,
  })
  await runUntilSignal([bus, intake, http, hooks], {log, drainMs: 20_000})
  await images.close()
  await objects.close()
  await ledger.close()
})
