import {setTimeout as delay} from 'node:timers/promises'
import {Worker, type WorkerOptions} from 'bullmq'
import {jobs, type JobName} from '@broadside/contracts'
import {replayDeadLetters, type Ledger} from '@broadside/ledger'
import {createLoop, type Clock, type Logger, type Loop} from '@broadside/runtime'
import {createProcessor, type AnyHandle, type AnyWork} from './create-processor.ts'
import {createRedis} from './create-redis.ts'
import {readJob} from './read-job.ts'

export type CrewOptions = {
  redisUrl: string
  works: ReadonlyMap<string, AnyWork>
  ledger: Ledger
  log: Logger
  clock: Clock
  prefix: string
  sweepEveryMs: number
  drainMs: number
}

/** The workers of this process, from its making on. */
export type Crew = {stop: () => Promise<void>}

/**
 * A dead worker's job is taken over when its lock has run out (6 s) and the next look (1.5 s) finds it, so within 10 s
 * of the kill. A worker that is merely slow to renew runs the risk of company, which the ledger's fences bear.
 */
const takeOver = {lockDuration: 6_000, stalledInterval: 1_500, maxStalledCount: 50}

/** Longer than a Redis that is well takes to record what became of a job. */
const answerMs = 1_500

/** One worker a queue, which does the jobs of all names that share it; and a loop that replays dead letters. */
export function createCrew(options: CrewOptions): Crew {
  const {redisUrl, works, ledger, log, clock, prefix, sweepEveryMs, drainMs} = options
  const redis = createRedis(redisUrl, {waits: true, log})
  const process = createProcessor({works, ledger, clock, log})
  const drain = new AbortController()
  const inHand = new Set<Promise<void>>()

  const workers = [...byQueue(works)].map(([queue, shared]) => {
    const worker = new Worker(
      queue,
      // Three parameters tell the worker to make a signal.
      (job, token, signal) => track(process(job, token, signal)),
      {...takeOver, ...workerOptions(shared), connection: redis, prefix, runRetryDelay: 500},
    )
    worker.on('error', (error) => {
      // While Redis is away each worker says so all the time.
      if (redis.status === 'ready') log.warn({event: 'queue.worker.failed', queue, err: error}, error.message)
    })
    worker.on('lockRenewalFailed', (ids) => {
      log.warn({event: 'queue.lock.lost', queue, jobs: ids.length}, 'lost the lock of jobs in hand')
      for (const id of ids) worker.cancelJob(id, 'the lock is lost')
    })
    return worker
  })
  const replayers = [...works].map(([name, work]) => createReplayer(name as JobName, work.handle as AnyHandle))
  for (const replayer of replayers) replayer.start()

  function track(running: Promise<void>): Promise<void> {
    inHand.add(running)
    const forget = (): boolean => inHand.delete(running)
    running.then(forget, forget)
    return running
  }

  function createReplayer(name: JobName, handle: AnyHandle): Loop {
    const letters = {source: `queue:${name}`, limit: 50, now: clock.now, signal: drain.signal}
    async function look(): Promise<boolean> {
      const replayed = await replayDeadLetters(ledger.db, letters, async ({body}) => {
        const {attempt, data} = readJob(name, JSON.parse(body))
        await track(handle(data, {attempt, signal: drain.signal}))
      })
      return replayed > 0 && !drain.signal.aborted
    }
    return createLoop({name: 'queue.replay', everyMs: sweepEveryMs, look, log})
  }

  function abort(): void {
    drain.abort()
    for (const worker of workers) worker.cancelAllJobs('stopping')
  }

  /**
   * Resolves when all are closed, or when nothing was in hand for `answerMs` and Redis has not let them close: the
   * result of a job that it did not take is found by the ledger's fences when the job comes again.
   */
  async function closed(closing: Promise<unknown>): Promise<void> {
    let isClosed = false
    const done = closing.then(() => (isClosed = true))
    while (!isClosed) {
      await Promise.allSettled(inHand)
      await Promise.race([done, delay(answerMs, undefined, {ref: false})])
      if (inHand.size === 0) return
    }
  }

  return {
    async stop() {
      const late = setTimeout(abort, drainMs)
      const parts = [...replayers.map((replayer) => replayer.stop()), ...workers.map((worker) => worker.close())]
      await closed(Promise.allSettled(parts))
      clearTimeout(late)
      redis.disconnect()
    },
  }
}

function byQueue(works: ReadonlyMap<string, AnyWork>): Map<string, AnyWork[]> {
  const queues = new Map<string, AnyWork[]>()
  for (const [name, work] of works) {
    const {queue} = jobs[name as JobName]
    queues.set(queue, [...(queues.get(queue) ?? []), work])
  }
  return queues
}

function workerOptions(shared: AnyWork[]): Pick<WorkerOptions, 'concurrency' | 'limiter'> {
  const limiter = shared.find((work) => work.limiter !== undefined)?.limiter
  return {
    concurrency: shared.reduce((sum, {concurrency}) => sum + concurrency, 0),
    ...(limiter === undefined ? {} : {limiter: {max: limiter.max, duration: limiter.durationMs}}),
  }
}
