import {BroadsideError} from '@broadside/runtime'
import type {Fragment} from '../fragment.ts'
import {crashed, tooLarge} from './pool-diagnostics.ts'
import type {RenderedText, RenderPool, RenderPoolOptions} from './render-pool.ts'
import {brokenPool, startWorker} from './render-worker.ts'
import type {Task, Worker} from './render-worker.ts'

const maxCrashes = 2
const maxFailedStarts = 3
/** A start costs the CPU time of about so many documents; fewer are rendered sooner by the processes that are there. */
const worthAStart = 20
/** Ms that a few documents wait before they get a process more: those before them may be the slow ones. */
const patienceMs = 200

/**
 * A pool of processes that render one document at a time each; where many wait, each has the next few at hand. The first
 * starts with the first job or with `warm`, the others when many documents wait, or a few of them for long. One that
 * exceeds the budget is killed and replaced, one that has rendered its share ends, so that memory stays where it is
 * however long the pool works. A document whose process dies is tried once more, for it may have been the host that
 * killed it. After a while without work one process is left, for the next push to be rendered at once, and a new one in
 * its place where it holds what many documents left behind; an idle pool does not keep its own process alive.
 */
export function createRenderPool(options: RenderPoolOptions): RenderPool {
  const {size, budgetMs = 5000, maxBytes = 5_000_000, memoryMb = 512, documents = 20_000, idleMs = 1_000} = options
  const {restAfter = 1_000} = options
  const workers = new Set<Worker>()
  const waiting: Task[] = []
  let failedStarts = 0
  let closed = false
  let patience: NodeJS.Timeout | undefined
  let askedAt = 0
  let rest: NodeJS.Timeout | undefined

  function start(): void {
    const worker = startWorker(
      {budgetMs, memoryMb, documents},
      {
        free() {
          failedStarts = 0
          dispatch()
        },
        gone({task, behind, wasReady, reason}) {
          workers.delete(worker)
          waiting.unshift(...behind)
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

  /** Of the processes that have nothing to do for a while the one is left that has rendered the least. */
  function shrink(): void {
    rest = undefined
    if (closed) return
    const isIdle = performance.now() - askedAt >= idleMs && waiting.length === 0
    const idle = isIdle ? [...workers].filter((worker) => worker.isFree(false)) : []
    const [least, ...others] = idle.toSorted((a, b) => a.rendered() - b.rendered())
    const isFull = least !== undefined && least.rendered() > restAfter
    for (const worker of isFull ? idle : others) worker.retire()
    if (isFull && idle.length === workers.size) start()
    if (idle.length < workers.size) rest = setTimeout(shrink, idleMs).unref()
  }

  /** One job to each process that takes it. */
  function give(behindOthers: boolean): boolean {
    let given = false
    for (const worker of workers) {
      const task = worker.isFree(behindOthers) ? waiting.shift() : undefined
      if (task === undefined) continue
      worker.give(task)
      given = true
    }
    return given
  }

  /** Gives jobs to who is free, and starts processes where that is worth it for the jobs left over. */
  function dispatch(): void {
    if (closed) return rejectWaiting(closedPool())
    give(false)
    // Where many wait, a process has the next ones at hand; few are not to wait behind one that may be slow.
    while (waiting.length > worthAStart && give(true)) continue
    if (waiting.length === 0) return
    const wanted = workers.size === 0 ? 1 : Math.floor(waiting.length / worthAStart)
    for (let coming = countComing(); coming < wanted && workers.size < size; coming += 1) start()
    patience ??= setTimeout(relieve, patienceMs)
  }

  /** For documents that still wait behind slow ones. */
  function relieve(): void {
    patience = undefined
    if (closed || waiting.length === 0) return
    if (countComing() === 0 && workers.size < size) start()
    patience = setTimeout(relieve, patienceMs)
  }

  const countComing = () => [...workers].filter((worker) => worker.isComing()).length

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
      askedAt = performance.now()
      rest ??= setTimeout(shrink, idleMs).unref()
      const rendered = await new Promise<RenderedText>((resolve, reject) => {
        waiting.push({job, crashes: 0, resolve, reject})
        dispatch()
      })
      return rendered.ok ? {...rendered, fragment: JSON.parse(rendered.json) as Fragment} : rendered
    },
    async warm() {
      if (closed) throw closedPool()
      if (workers.size === 0) start()
      await Promise.all([...workers].map((worker) => worker.started))
    },
    async close() {
      closed = true
      clearTimeout(patience)
      clearTimeout(rest)
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
