import {Worker} from 'node:worker_threads'
import {BroadsideError, programAt, type ErrorKind, type Logger, type Service} from '@broadside/runtime'
import type {SharedCount} from './write-turn.ts'

export type HooksListenerOptions = {
  databaseUrl: string
  host: string
  /** 0 takes a free one. */
  port: number
  log: Logger
  /** Where the secrets of sites are read, with each hook. */
  env: Record<string, string | undefined>
  /** In which the thread asks the writers of this one to let it go first. */
  turn: SharedCount
  /** Called here when a hint is in the ledger; the answer does not wait for it. */
  follow: (site: string) => void
}

export type HooksListener = Service & {url: () => string}

export type HooksThreadData = {
  databaseUrl: string
  host: string
  port: number
  level: string
  pretty: boolean
  turn: SharedCount
}

export type FromHooksThread =
  | {url: string}
  | {follow: string}
  | {failed: {kind: ErrorKind; code: string; message: string; hint: string | undefined}}

/**
 * Listens for webhooks in a thread of its own: `hookRoutes` over the ledger at `databaseUrl`. Intake starts git for
 * every site that has news and waits for the disk with every revision, and holds its own thread up for it; forges that
 * push in a burst would wait for all that was told of before them.
 *
 * `start` throws BroadsideError `http.port` (invalid), and what `openLedger` throws. A thread that ends by a mistake of
 * ours ends the process, as it would without the thread.
 */
export function createHooksListener(options: HooksListenerOptions): HooksListener {
  const {databaseUrl, host, port, log, env, turn, follow} = options
  let url = ''
  let thread: {worker: Worker; ended: Promise<unknown>} | undefined

  return {
    name: 'hooks.http',
    url: () => url,
    start: () =>
      new Promise((resolve, reject) => {
        const data: HooksThreadData = {databaseUrl, host, port, level: log.level, pretty: process.stdout.isTTY, turn}
        const worker = new Worker(programAt(new URL('./hooks-thread.ts', import.meta.url)), {workerData: data, env})
        thread = {worker, ended: new Promise((ended) => worker.once('exit', ended))}
        worker.on('message', (message: FromHooksThread) => {
          if ('follow' in message) return follow(message.follow)
          if ('url' in message) {
            url = message.url
            return resolve()
          }
          const {kind, code, hint} = message.failed
          reject(new BroadsideError(kind, code, message.failed.message, hint === undefined ? {} : {hint}))
        })
      }),
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      thread?.worker.postMessage('stop')
      await thread?.ended
    },
  }
}
