import {parentPort, workerData} from 'node:worker_threads'
import {openLedger} from '@broadside/ledger'
import {BroadsideError, createHttpServer, createLogger, systemClock} from '@broadside/runtime'
import type {FromHooksThread, HooksThreadData} from './create-hooks-listener.ts'
import {hookRoutes} from './hook-routes.ts'
import {webhookSecrets} from './site-config.ts'
import {createWriteTurn} from './write-turn.ts'

// Webhooks are answered in this thread. It has a connection to the ledger of its own, since one connection serves one
// user at a time, and shares nothing else with the thread that works; that one ends it.
const {databaseUrl, host, port, level, pretty, turn} = workerData as HooksThreadData
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
const tell = (message: FromHooksThread) => parentPort?.postMessage(message)

try {
  const log = createLogger({service: 'intake', level, pretty})
  const ledger = await openLedger(databaseUrl)
  const {first} = createWriteTurn(turn)
  const routes = hookRoutes({
    ledger: {...ledger, transaction: (work) => first(() => ledger.transaction(work))},
    clock: systemClock,
    log,
    secrets: (site) => webhookSecrets(site, process.env),
    follow: (site) => tell({follow: site}),
  })
  const http = createHttpServer({name: 'hooks.http', host, port, log, routes})
  await http.start()
  tell({url: http.url()})
  await new Promise((resolve) => parentPort?.once('message', resolve))
  await http.stop()
  await ledger.close()
} catch (error) {
  if (!(error instanceof BroadsideError)) throw error
  const {kind, code, message, hint} = error
  tell({failed: {kind, code, message, hint}})
}
// Nothing else holds this thread, and so it ends.
parentPort?.close()
