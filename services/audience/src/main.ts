import {openLedger} from '@broadside/ledger'
import {createQueue} from '@broadside/queue'
import {createHttpServer, createLogger, readConfig, runMain, runUntilSignal, systemClock} from '@broadside/runtime'
import {createTokens, readTokenKeys} from '@broadside/subscribers'
import {audienceConfig} from './config.ts'
import {createSpool} from './create-spool.ts'
import {createAudience} from './create-audience.ts'

/** Mail programs that unsubscribe somebody do not wait long for the answer; a ledger that is busy for so long is down. */
const patienceMs = 2_000

await runMain(async () => {
  const config = readConfig(audienceConfig, process.env)
  const log = createLogger({service: 'audience', level: config.LOG_LEVEL})
  const tokens = createTokens({keys: readTokenKeys(config.TOKEN_KEYS)})
  const ledger = await openLedger(config.DATABASE_URL, {busyMs: patienceMs})
  const queue = createQueue({redisUrl: config.REDIS_URL, ledger, log})
  const audience = createAudience(
    {ledger, queue, tokens, spool: createSpool(config.AUDIENCE_SPOOL), clock: systemClock, log},
    {
      trustProxy: config.AUDIENCE_TRUST_PROXY === 'yes',
      keepIp: config.AUDIENCE_KEEP_IP === 'yes',
      challenge: config.AUDIENCE_CHALLENGE,
      ...(config.AUDIENCE_REFUSE_DISPOSABLE === 'yes' ? {refusesDomain: await knowDisposable()} : {}),
    },
  )
  const http = createHttpServer({
    name: 'audience.http',
    host: config.AUDIENCE_HOST,
    port: config.AUDIENCE_PORT,
    log,
    // Redis is no condition: without it a confirmation mail waits in the ledger for newsletter's next look.
    checks: {ledger: ledger.check},
    routes: audience.routes,
  })
  await runUntilSignal([audience, http], {log, drainMs: 20_000})
  await queue.stop()
  await ledger.close()
})

/** A list of some megabytes, which only those load who asked for it. */
async function knowDisposable(): Promise<(domain: string) => boolean> {
  const {isDisposableEmailDomain} = await import('disposable-email-domains-js')
  return isDisposableEmailDomain
}
