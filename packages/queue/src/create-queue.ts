import {Queue as BullQueue, type BulkJobOptions} from 'bullmq'
import {jobIdOf, jobs, type JobData, type JobName, type QueueName} from '@broadside/contracts'
import {systemClock} from '@broadside/runtime'
import {createCrew, type Crew} from './create-crew.ts'
import {maxTries, type AnyWork} from './create-processor.ts'
import {createRedis, whenReady, withDeadline} from './create-redis.ts'
import type {AddOptions, Queue, QueueOptions} from './queue.ts'
import {writeJob} from './read-job.ts'

/** Longer than any answer of a Redis that is well, shorter than the patience of who asks. */
const answerMs = 1_000

/**
 * The jobs of one process. `start` resolves at once, also while Redis is away: connecting goes on behind it, without
 * end. `stop` takes no new jobs and waits for those in hand.
 *
 * @throws BroadsideError `queue.url` (invalid).
 */
export function createQueue({
  redisUrl,
  ledger,
  log,
  clock = systemClock,
  prefix = 'broadside',
  sweepEveryMs = 5_000,
  drainMs = 15_000,
}: QueueOptions): Queue {
  const redis = createRedis(redisUrl, {waits: false, log})
  const queues = new Map<QueueName, BullQueue>()
  const works = new Map<string, AnyWork>()
  let crew: Crew | undefined

  function queueOf(name: JobName): BullQueue {
    const key = jobs[name].queue
    const known = queues.get(key)
    if (known !== undefined) return known
    const queue = new BullQueue(key, {connection: redis, prefix})
    queue.on('error', () => undefined)
    queues.set(key, queue)
    return queue
  }

  async function addAll<Name extends JobName>(name: Name, datas: JobData<Name>[], options: AddOptions): Promise<void> {
    const entries = datas.map((data) => {
      const payload = writeJob(name, data, options.attempt)
      return {name, data: payload, opts: jobOptions(jobIdOf(name, payload.data, options.attempt), options)}
    })
    if (entries.length === 0) return
    const since = performance.now()
    await whenReady(redis, answerMs)
    const leftMs = Math.max(200, answerMs - (performance.now() - since))
    await withDeadline(queueOf(name).addBulk(entries), leftMs)
  }

  return {
    name: 'queue',
    addAll,
    add: (name, data, options) => addAll(name, [data], options),
    work(name, options) {
      works.set(name, options as unknown as AnyWork)
    },
    async start() {
      crew = createCrew({redisUrl, works, ledger, log, clock, prefix, sweepEveryMs, drainMs})
    },
    async stop() {
      await crew?.stop()
      crew = undefined
      redis.disconnect()
    },
    async check() {
      await whenReady(redis, answerMs)
      await withDeadline(redis.ping(), answerMs)
      return 'redis'
    },
  }
}

/** Nothing stays behind when a job ends, whichever way, so that its id is free again: the ledger is the record. */
function jobOptions(jobId: string, {delayMs, priority}: AddOptions): BulkJobOptions {
  return {
    jobId,
    attempts: maxTries,
    backoff: {type: 'exponential', delay: 500, jitter: 0.5},
    removeOnComplete: true,
    removeOnFail: true,
    ...(delayMs === undefined ? {} : {delay: delayMs}),
    ...(priority === undefined ? {} : {priority}),
  }
}
