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
  /** It can take a job: it has come up, or a job is done. */
  free(): void
  /** Its process is gone. `guilty` was being rendered then; the others were waiting in the pipe. */
  gone(left: {guilty: Task | undefined; innocent: Task[]; wasReady: boolean; reason: string}): void
}

/** A process with its jobs: the first is being rendered, the next waits in the pipe so that it is never idle. */
export type Worker = {
  pid: number | undefined
  isReady(): boolean
  load(): number
  give(task: Task): void
  kill(): void
  /** Rejects with `markdown.pool-broken` when the process ends before it is ready. */
  started: Promise<void>
  ended: Promise<void>
}

/** Starts a process and watches over each of its jobs: whoever exceeds the budget is answered, and the process killed. */
export function startWorker({budgetMs, memoryMb}: {budgetMs: number; memoryMb: number}, events: WorkerEvents): Worker {
  const tasks: Task[] = []
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  let ready = false
  let condemned = false

  const child = startChild(memoryMb, {
    ready() {
      ready = true
      child.hold(false)
      started.resolve()
      events.free()
    },
    result(result) {
      // The one that was killed over its budget may have ended at the last moment; it has had its answer.
      if (condemned) return
      tasks.shift()?.resolve(result)
      watch()
      events.free()
    },
    exit(reason) {
      clearTimeout(timer)
      started.reject(brokenPool(reason))
      ended.resolve()
      const guilty = condemned ? undefined : tasks.shift()
      events.gone({guilty, innocent: tasks, wasReady: ready, reason})
    },
  })
  // Only who warms the pool waits for this; for others a failed start is counted when the process is gone.
  started.promise.catch(() => {})

  function watch(): void {
    clearTimeout(timer)
    const [task] = tasks
    child.hold(task !== undefined)
    if (task !== undefined) timer = setTimeout(() => setImmediate(judge, task), budgetMs)
  }

  // Runs after what has arrived was read: had this process itself been held up, the result would have been lying there.
  function judge(task: Task): void {
    if (tasks[0] !== task || condemned) return
    condemned = true
    tasks.shift()
    task.resolve({ok: false, diagnostic: overBudget(task.job.file, budgetMs)})
    child.kill()
  }

  return {
    pid: child.pid,
    isReady: () => ready && !condemned,
    load: () => tasks.length,
    give(task) {
      tasks.push(task)
      child.send(task.job)
      if (tasks.length === 1) watch()
    },
    kill: () => child.kill(),
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
