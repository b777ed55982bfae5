import {openLedger} from '@broadside/ledger'
import {createHttpServer, createLogger, readConfig, runMain, runUntilSignal, systemClock} from '@broadside/runtime'
import {checkExposure} from './check-exposure.ts'
import {consoleConfig} from './config.ts'
import {createConsole} from './create-console.ts'

await runMain(async () => {
  const config = readConfig(consoleConfig, process.env)
  checkExposure(config)
  const log = createLogger({service: 'console', level: config.LOG_LEVEL})
  const ledger = await openLedger(config.DATABASE_URL)
  const token = config.CONSOLE_TOKEN === undefined ? {} : {token: config.CONSOLE_TOKEN}
  const console = createConsole({ledger, clock: systemClock, log}, token)
  const http = createHttpServer({
    name: 'console.http',
    host: config.CONSOLE_HOST,
    port: config.CONSOLE_PORT,
    log,
    checks: {ledger: ledger.check},
    routes: console.routes,
  })
  await runUntilSignal([console, http], {log, drainMs: 5_000})
  await ledger.close()
})
