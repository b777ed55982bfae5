import {Worker} from 'node:worker_threads'
import {BroadsideError, programAt} from '@broadside/runtime'
import type {BuildOutputs, HashedOutput} from './build-outputs.ts'

export type Order = {id: number; site: string; revision: number; addresses: string[]}

/** A BroadsideError in parts, since a thread is given no errors of a class. */
export type Failure = Pick<BroadsideError, 'kind' | 'code' | 'message' | 'hint' | 'details'>

export type Answer = {id: number} & ({outputs: (HashedOutput | undefined)[]} | {failed: Failure})

/** Fewer are built at once where they are asked for, before a thread would have started. */
const fewOutputs = 20
/** More than these wait for the thread no longer than it takes to build them here. */
const waitingParts = 3
const idleMs = 10_000

/** `close` lets the thread end what it has in hand; what is asked for later is built here. */
export type Builder = {build: BuildOutputs; close: () => Promise<void>}

type Waiting = PromiseWithResolvers<(HashedOutput | undefined)[]>

/**
 * A thread beside this one that builds what large releases have to put, while this one puts it. It has a connection of
 * its own to the ledger at `databaseUrl`, starts with the first large part, and ends when none came for ten seconds.
 * Small parts, and what comes while the thread has enough to do, are built by `here`.
 *
 * `build` throws what `here` throws, and `publisher.builder` (transient) when the thread ends before it has answered.
 */
export function createBuilder(databaseUrl: string, here: BuildOutputs): Builder {
  let thread: {worker: Worker; waiting: Map<number, Waiting>} | undefined
  let idle: NodeJS.Timeout | undefined
  let last = 0
  let isClosed = false

  function start() {
    const worker = new Worker(programAt(new URL('./builder-thread.ts', import.meta.url)), {workerData: databaseUrl})
    const started = {worker, waiting: new Map<number, Waiting>()}
    let reason: unknown
    worker.on('message', (answer: Answer) => {
      const order = started.waiting.get(answer.id)
      started.waiting.delete(answer.id)
      if ('outputs' in answer) return order?.resolve(answer.outputs)
      const {kind, code, message, hint, details} = answer.failed
      order?.reject(new BroadsideError(kind, code, message, {...(hint === undefined ? {} : {hint}), details}))
    })
    worker.on('error', (error) => (reason = error))
    worker.on('exit', () => {
      if (thread === started) thread = undefined
      for (const {reject} of started.waiting.values())
        reject(
          new BroadsideError('transient', 'publisher.builder', 'the thread that builds has ended', {cause: reason}),
        )
    })
    worker.unref()
    return started
  }

  /** What comes from now on gets another one, and not one that is about to end. */
  function end(worker: Worker): void {
    if (thread?.worker === worker) thread = undefined
    void worker.terminate()
  }

  return {
    async build(at, addresses) {
      const isBusy = (thread?.waiting.size ?? 0) >= waitingParts
      if (isClosed || isBusy || addresses.length < fewOutputs) return here(at, addresses)
      clearTimeout(idle)
      thread ??= start()
      const {worker, waiting} = thread
      const order: Order = {id: ++last, ...at, addresses}
      const answer: Waiting = Promise.withResolvers()
      waiting.set(order.id, answer)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage(order)
      try {
        return await answer.promise
      } finally {
        if (waiting.size === 0) idle = setTimeout(() => end(worker), idleMs).unref()
      }
    },
    async close() {
      isClosed = true
      await Promise.allSettled([...(thread?.waiting.values() ?? [])].map(({promise}) => promise))
      clearTimeout(idle)
      await thread?.worker.terminate()
    },
  }
}
