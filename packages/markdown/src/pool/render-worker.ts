import {BroadsideError} from '@broadside/runtime'
import {overBudget} from './pool-diagnostics.ts'
import type {RenderJob, RenderResult} from './render-pool.ts'
import {startChild} from './start-child.ts'

export type Task = {
  job: RenderJob
  /** How often its process died under it. */
  crashes: number
  resolve: (result: RenderResult) => void
  reject: (error: BroadsideError) => void
}

export type WorkerEvents = {
  /** It has come up, or its job is done. */
  free(): void
  /** Its process is gone; `task` was being rendered then and has no answer yet. */
  gone(left: {task: Task | undefined; wasReady: boolean; reason: string}): void
}

/** A process and the one job it has. */
export type Worker = {
  pid: number | undefined
  isFree(): boolean
  isComing(): boolean
  give(task: Task): void
  kill(): void
  /** Rejects with `markdown.pool-broken` when the process ends before it is ready. */
  started: Promise<void>
  ended: Promise<void>
}

/** Ms for each document, MB of JavaScript heap, and after how many documents the process ends by itself. */
export type WorkerLimits = {budgetMs: number; memoryMb: number; documents: number}

/**
 * Starts a process and watches over each job it is given: one that exceeds the budget is answered, and the process
 * killed. One job at a time: a second one waiting in the pipe made nothing faster, and would wait for a slow first.
 */
export function startWorker({budgetMs, memoryMb, documents}: WorkerLimits, events: WorkerEvents): Worker {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let state: 'coming' | 'ready' | 'condemned' = 'coming'
  let task: Task | undefined
  let timer: NodeJS.Timeout | undefined
  let rendered = 0

  const child = startChild(memoryMb, {
    ready() {
      state = 'ready'
      child.hold(false)
      started.resolve()
      events.free()
    },
    result(result) {
      // One that ends at the very moment it is killed for its slowness has had its answer.
      if (state === 'condemned') return
      settle(result)
      rendered += 1
      if (rendered < documents) return events.free()
      // Its caches are full by now, and what the native parser holds nobody sees: a new one begins with less.
      state = 'condemned'
      child.kill()
    },
    exit(reason) {
      clearTimeout(timer)
      started.reject(brokenPool(reason))
      ended.resolve()
      events.gone({task, wasReady: state !== 'coming', reason})
    },
  })
  // Only who warms the pool waits for this; for others a failed start is counted when the process is gone.
  started.promise.catch(() => {})

  function settle(result: RenderResult): void {
    clearTimeout(timer)
    child.hold(false)
    task?.resolve(result)
    task = undefined
  }

  // Runs after what has arrived was read: had this process itself been held up, the result would have been lying there.
  function judge(suspect: Task): void {
    if (task !== suspect) return
    state = 'condemned'
    settle({ok: false, diagnostic: overBudget(suspect.job.file, budgetMs)})
    child.kill()
  }

  return {
    pid: child.pid,
    isFree: () => state === 'ready' && task === undefined,
    isComing: () => state === 'coming',
    give(next) {
      task = next
      timer = setTimeout(() => setImmediate(judge, next), budgetMs)
      child.hold(true)
      child.send(next.job)
    },
    kill() {
      child.hold(true)
      child.kill()
    },
    started: started.promise,
    ended: ended.promise,
  }
}

/** No process could be started, or it ended before it could do anything. */
export function brokenPool(reason: string): BroadsideError {
  return new BroadsideError('transient', 'markdown.pool-broken', `no renderer could be started: ${reason}`, {
    hint: 'Look at what the process said, and at the memory the host has left.',
  })
}
