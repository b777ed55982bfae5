import {BroadsideError} from '@broadside/runtime'
import {crashed, tooLarge} from './pool-diagnostics.ts'
import type {RenderPool, RenderPoolOptions} from './render-pool.ts'
import {brokenPool, startWorker} from './render-worker.ts'
import type {Task, Worker} from './render-worker.ts'

const jobsPerWorker = 2
const maxCrashes = 2
const maxFailedStarts = 3

/**
 * A pool of processes that render one document at a time each. They start with the first job or with `warm`. One that
 * exceeds the budget is killed and replaced, and jobs that waited behind go to another. A document whose process dies
 * is tried once more, for it may have been the host that killed it. An idle pool does not keep its process alive.
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
        gone({guilty, innocent, wasReady, reason}) {
          workers.delete(worker)
          waiting.unshift(...innocent)
          if (guilty !== undefined) retry(guilty)
          if (!wasReady) failedStarts += 1
          if (failedStarts >= maxFailedStarts) rejectWaiting(brokenPool(reason))
          dispatch()
        },
      },
    )
    workers.add(worker)
  }

  /** Gives jobs to the least busy first, and starts processes while jobs are left over. */
  function dispatch(): void {
    if (closed) return rejectWaiting(closedPool())
    for (let load = 0; load < jobsPerWorker; load += 1) {
      for (const worker of workers) {
        if (waiting[0] !== undefined && worker.isReady() && worker.load() === load) worker.give(waiting.shift() as Task)
      }
    }
    const coming = [...workers].filter((worker) => !worker.isReady()).length
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
