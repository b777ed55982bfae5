import {BroadsideError} from '@broadside/runtime'
import {crashed, tooLarge} from './pool-diagnostics.ts'
import type {RenderPool, RenderPoolOptions} from './render-pool.ts'
import {brokenPool, startWorker} from './render-worker.ts'
import type {Task, Worker} from './render-worker.ts'

const maxCrashes = 2
const maxFailedStarts = 3

/**
 * A pool of processes that render one document at a time each. They start with the first job or with `warm`. One that
 * exceeds the budget is killed and replaced. A document whose process dies is tried once more, for it may have been the
 * host that killed it. An idle pool does not keep its process alive.
 */
export function createRenderPool(options: RenderPoolOptions): RenderPool {
  const {size, budgetMs = 5000, maxBytes = 5_000_000, memoryMb = 512} = options
  const workers = new Set<Worker>()
  const waiting: Task[] = []
  let failedStarts = 0
  let closed = false

  function start(): void {
    const worker = startWorker(
      {budgetMs, memoryMb},
      {
        free() {
          failedStarts = 0
          dispatch()
        },
        gone({task, wasReady, reason}) {
          workers.delete(worker)
          if (task !== undefined && !closed) retry(task)
          else task?.reject(closedPool())
          if (!wasReady) failedStarts += 1
          if (failedStarts >= maxFailedStarts) rejectWaiting(brokenPool(reason))
          dispatch()
        },
      },
    )
    workers.add(worker)
  }

  /** Gives jobs to who is free, and starts processes while jobs are left over. */
  function dispatch(): void {
    if (closed) return rejectWaiting(closedPool())
    for (const worker of workers) {
      const task = worker.isFree() ? waiting.shift() : undefined
      if (task !== undefined) worker.give(task)
    }
    const coming = [...workers].filter((worker) => worker.isComing()).length
    for (let n = coming; n < waiting.length && workers.size < size; n += 1) start()
  }

  function retry(task: Task): void {
    task.crashes += 1
    if (task.crashes < maxCrashes) waiting.unshift(task)
    else task.resolve({ok: false, diagnostic: crashed(task.job.file, memoryMb)})
  }

  function rejectWaiting(error: BroadsideError): void {
    failedStarts = 0
    for (const task of waiting.splice(0)) task.reject(error)
  }

  return {
    async render(job) {
      if (closed) throw closedPool()
      const bytes = Buffer.byteLength(job.source)
      if (bytes > maxBytes) return {ok: false, diagnostic: tooLarge(job.file, bytes, maxBytes)}
      return new Promise((resolve, reject) => {
        waiting.push({job, crashes: 0, resolve, reject})
        dispatch()
      })
    },
    async warm() {
      if (closed) throw closedPool()
      while (workers.size < size) start()
      await Promise.all([...workers].map((worker) => worker.started))
    },
    async close() {
      closed = true
      for (const worker of workers) worker.kill()
      await Promise.all([...workers].map((worker) => worker.ended))
      rejectWaiting(closedPool())
    },
    pids: () => [...workers].flatMap(({pid}) => pid ?? []),
  }
}

function closedPool(): BroadsideError {
  return new BroadsideError('transient', 'markdown.pool-closed', 'the document was not rendered: the pool is closed', {
    hint: 'It is rendered when the service runs again.',
  })
}
