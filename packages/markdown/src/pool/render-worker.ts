import {BroadsideError} from '@broadside/runtime'
import {overBudget} from './pool-diagnostics.ts'
import type {RenderedText, RenderJob} from './render-pool.ts'
import {startChild} from './start-child.ts'

export type Task = {
  job: RenderJob
  /** How often its process died under it. */
  crashes: number
  resolve: (result: RenderedText) => void
  reject: (error: BroadsideError) => void
}

export type WorkerEvents = {
  /** It has come up, or its job is done. */
  free(): void
  /** Its process is gone: by itself while it rendered `task`, or since it was to end. `behind` waited in its pipe. */
  gone(left: {task: Task | undefined; behind: Task[]; wasReady: boolean; reason: string}): void
}

/** A process, the job it has, and a few that wait in its pipe. */
export type Worker = {
  pid: number | undefined
  /** Has no job, or so few that more may wait in its pipe. */
  isFree(behindOthers: boolean): boolean
  isComing(): boolean
  /** How many documents so far. */
  rendered(): number
  give(task: Task): void
  kill(): void
  /** Ends it while it has nothing to do; it takes no job any more. */
  retire(): void
  /** Rejects with `markdown.pool-broken` when the process ends before it is ready. */
  started: Promise<void>
  ended: Promise<void>
}

/** Ms for each document, MB of JavaScript heap, and after how many documents the process ends by itself. */
export type WorkerLimits = {budgetMs: number; memoryMb: number; documents: number}

/** Jobs in the hands of a process: it goes on while its host is busy for some milliseconds, writing down those before. */
const jobsAtOnce = 8

/**
 * Starts a process and watches over each job it is given: one that exceeds the budget, counted from the end of the job
 * before it, is answered, and the process killed.
 */
export function startWorker({budgetMs, memoryMb, documents}: WorkerLimits, events: WorkerEvents): Worker {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let state: 'coming' | 'ready' | 'condemned' = 'coming'
  const tasks: Task[] = []
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
      retire()
    },
    exit(reason) {
      clearTimeout(timer)
      started.reject(brokenPool(reason))
      ended.resolve()
      const task = state === 'condemned' ? undefined : tasks.shift()
      events.gone({task, behind: tasks, wasReady: state !== 'coming', reason})
    },
  })
  // Only who warms the pool waits for this; for others a failed start is counted when the process is gone.
  started.promise.catch(() => {})

  function retire(): void {
    state = 'condemned'
    child.kill()
  }

  function settle(result: RenderedText): void {
    clearTimeout(timer)
    tasks.shift()?.resolve(result)
    if (tasks[0] === undefined) child.hold(false)
    else watch(tasks[0])
  }

  function watch(task: Task): void {
    timer = setTimeout(() => setImmediate(judge, task), budgetMs)
  }

  // Runs after what has arrived was read: had this process itself been held up, the result would have been lying there.
  function judge(suspect: Task): void {
    if (tasks[0] !== suspect) return
    state = 'condemned'
    settle({ok: false, diagnostic: overBudget(suspect.job.file, budgetMs)})
    child.kill()
  }

  return {
    pid: child.pid,
    isFree: (behindOthers) => state === 'ready' && tasks.length < (behindOthers ? jobsAtOnce : 1),
    isComing: () => state === 'coming',
    rendered: () => rendered,
    give(next) {
      tasks.push(next)
      if (tasks.length === 1) watch(next)
      child.hold(true)
      child.send(next.job)
    },
    kill() {
      child.hold(true)
      child.kill()
    },
    retire,
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
