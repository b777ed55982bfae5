import {createReturnPaths} from '@broadside/bounces'
import {createBus} from '@broadside/bus'
import {listSites, openLedger} from '@broadside/ledger'
import {createQueue} from '@broadside/queue'
import {
  createHttpServer,
  createLogger,
  finishStop,
  readConfig,
  runMain,
  runUntilSignal,
  systemClock,
} from '@broadside/runtime'
import {createSubmitter} from '@broadside/smtp'
import {createTokens, readTokenKeys} from '@broadside/subscribers'
import {newsletterConfig} from './config.ts'
import {createNewsletter} from './create-newsletter.ts'
import {createReports} from './reports/create-reports.ts'
import {createRules, createSigners, createSubmitters} from './site-config.ts'

await runMain(async () => {
  const config = readConfig(newsletterConfig, process.env)
  const log = createLogger({service: 'newsletter', level: config.LOG_LEVEL})
  const keys = readTokenKeys(config.TOKEN_KEYS)
  const tokens = createTokens({keys})
  const submitter = createSubmitter({url: config.SMTP_URL, connections: config.SMTP_CONNECTIONS})
  const template = config.RETURN_PATH
  const returnPaths = template === undefined ? undefined : createReturnPaths({template, keys})
  const ledger = await openLedger(config.DATABASE_URL)
  const signerOf = createSigners(process.env)
  // A key that cannot sign is told now, and not by those who refuse the mail; so is whatever else cannot be read.
  const submitters = createSubmitters(process.env, config.SMTP_CONNECTIONS)
  const rulesOf = createRules(process.env)
  for (const {name} of await listSites(ledger.db)) {
    signerOf(name)
    submitters.submitterOf(name)
    rulesOf(name)
  }
  const bus = createBus({natsUrl: config.NATS_URL, service: 'newsletter', ledger, log})
  const queue = createQueue({redisUrl: config.REDIS_URL, ledger, log})
  const newsletter = createNewsletter(
    {ledger, bus, queue, submitter, tokens, clock: systemClock, log},
    {
      mailFrom: config.MAIL_FROM,
      signerOf,
      rulesOf,
      returnPaths,
      submitterOf: submitters.submitterOf,
      fromDomains: config.MAIL_FROM_DOMAINS?.split(',').map((name) => name.trim()),
    },
  )
  const health = createHttpServer({
    name: 'newsletter.http',
    host: config.NEWSLETTER_HOST,
    port: config.NEWSLETTER_PORT,
    log,
    checks: {ledger: ledger.check, nats: bus.check, redis: queue.check},
  })
  const reports = createReports({ledger, clock: systemClock, log}, config, returnPaths)
  await runUntilSignal([health, newsletter, queue, bus, ...reports], {log, drainMs: 20_000})
  await Promise.all([submitter.close({patienceMs: 3_000}), submitters.close({patienceMs: 3_000})])
  await finishStop(queue, 2_000)
  await ledger.close()
})
