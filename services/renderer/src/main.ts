import {createBus} from '@broadside/bus'
import {openLedger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {createHttpServer, createLogger, readConfig, runMain, runUntilSignal, systemClock} from '@broadside/runtime'
import {rendererConfig} from './config.ts'
import {createRenderer} from './create-renderer.ts'

await runMain(async () => {
  const config = readConfig(rendererConfig, process.env)
  const log = createLogger({service: 'renderer', level: config.LOG_LEVEL})
  const ledger = await openLedger(config.DATABASE_URL)
  const bus = createBus({natsUrl: config.NATS_URL, service: 'renderer', ledger, log})
  const pool = createRenderPool({size: config.RENDERER_PROCESSES, budgetMs: config.RENDERER_BUDGET_MS})
  const renderer = createRenderer({ledger, bus, pool, clock: systemClock, log})
  const health = createHttpServer({
    name: 'renderer.http',
    host: config.RENDERER_HOST,
    port: config.RENDERER_PORT,
    log,
    checks: {ledger: ledger.check, nats: bus.check},
  })
  await runUntilSignal([health, renderer, bus], {log, drainMs: 20_000})
  await ledger.close()
})
