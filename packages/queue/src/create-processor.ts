import {DelayedError, WaitingError, type Job} from 'bullmq'
import type {JobName} from '@broadside/contracts'
import {addDeadLetter, failureOf, type Ledger} from '@broadside/ledger'
import {BroadsideError, kindOf, type Clock, type Logger} from '@broadside/runtime'
import type {WorkOptions} from './queue.ts'
import {isJobName, readJob, siteOf} from './read-job.ts'
import {settleJob} from './settle-job.ts'

/** Whatever the name, since the data was parsed by the schema of that name. */
export type AnyWork = {[Name in JobName]: WorkOptions<Name>}[JobName]
export type AnyHandle = (data: unknown, context: {attempt: number; signal: AbortSignal}) => Promise<void>

export type ProcessorDeps = {works: ReadonlyMap<string, AnyWork>; ledger: Ledger; clock: Clock; log: Logger}

export type Processor = (job: Job, token?: string, signal?: AbortSignal) => Promise<void>

/** Tries of one job; waits between them double from half a second. */
export const maxTries = 5

/** Processes that may die, or lose their lock, with one job in hand before it is given up on. */
const maxDeaths = 20

/** Does one job and settles it. What it gives up on is a dead letter before the job ends; nothing stays as failed. */
export function createProcessor({works, ledger, clock, log}: ProcessorDeps): Processor {
  return async function processJob(job, token, signal = new AbortController().signal) {
    const work = works.get(job.name)
    // Another process, perhaps of another version, does these.
    if (work === undefined && isJobName(job.name)) return later(job, token, 1_000)
    try {
      if (work === undefined || !isJobName(job.name)) {
        throw new BroadsideError('invalid', 'job.malformed', `unknown job ${job.name}`)
      }
      if (job.stalledCounter >= maxDeaths) {
        const text = `${maxDeaths} workers were lost while they did this job`
        throw new BroadsideError('invalid', 'queue.exhausted', text, {hint: 'Does it end the process?'})
      }
      const {attempt, data} = readJob(job.name, job.data)
      await (work.handle as AnyHandle)(data, {attempt, signal})
    } catch (error) {
      await settle(job, token, signal, error)
    }
  }

  async function settle(job: Job, token: string | undefined, signal: AbortSignal, error: unknown): Promise<void> {
    if (signal.aborted) return again(job, token)
    const tries = job.attemptsMade + 1
    const settlement = settleJob(error, {tries, maxTries})
    const facts = {site: siteOf(job.data), job: job.name, id: job.id, tries, err: error}
    if (settlement.road === 'complete') {
      log.warn({event: 'queue.uncertain', ...facts}, `${job.name} may have been done`)
      return
    }
    if (settlement.road === 'bury') return bury(job, token, error)
    const level = kindOf(error) === 'bug' ? 'error' : 'warn'
    log[level]({event: 'queue.retry', ...facts}, `${job.name} failed and comes again`)
    if (settlement.road === 'delay') return later(job, token, settlement.delayMs)
    throw error
  }

  async function bury(job: Job, token: string | undefined, error: unknown): Promise<void> {
    const body = JSON.stringify(job.data)
    const site = siteOf(job.data)
    const letter = {site, source: `queue:${job.name}`, name: job.name, body, ...failureOf(error), at: clock.now()}
    const facts = {site, job: job.name}
    try {
      const id = await addDeadLetter(ledger.db, letter)
      log.error({event: 'queue.dead-letter', ...facts, letter: id, err: error}, `gave up on ${job.name}`)
    } catch (cause) {
      // It cannot be let go before it stands in the ledger.
      log.error({event: 'queue.dead-letter.failed', ...facts, err: cause}, 'the ledger took no dead letter')
      return later(job, token, 1_000)
    }
  }
}

/** Puts the job off; the error tells the worker that its place was settled here. */
async function later(job: Job, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token)
  throw new DelayedError()
}

/** Gives the job back for others to take at once; the error tells the worker that its place was settled here. */
async function again(job: Job, token: string | undefined): Promise<never> {
  await job.moveToWait(token)
  throw new WaitingError()
}
