import type {JobData, JobName} from '@broadside/contracts'
import type {Ledger} from '@broadside/ledger'
import type {Clock, Logger, Service} from '@broadside/runtime'

export type AddOptions = {
  /** The ledger's attempt number. A job with the same name, data and attempt is the same job. */
  attempt: number
  /** Not before this many ms from now. */
  delayMs?: number
  /** 1 goes first; jobs without one go before all that have one. */
  priority?: number
}

export type WorkOptions<Name extends JobName> = {
  /** Jobs at once in this process. */
  concurrency: number
  /**
   * Does what the key in `data` asks for. The same job may come again, even while an earlier run of it that lost its
   * lock is still busy: the ledger's fences decide. How it fails chooses what happens next: `invalid` becomes a dead
   * letter; `transient` and `bug` are tried again with backoff, then a dead letter; `throttled` comes again after
   * `retryAfterMs` and uses up no try; `uncertain` ends the job, since the handler has recorded it. `signal` is
   * aborted when the lock is lost and when a stop has waited long enough.
   */
  handle: (data: JobData<Name>, context: {attempt: number; signal: AbortSignal}) => Promise<void>
  /** At most `max` jobs in `durationMs`, over all processes; all may come at the start of a window. */
  limiter?: {max: number; durationMs: number}
}

/** Work that is spread over processes. Redis may be flushed at any time: the ledger knows what is still to be done. */
export type Queue = Service & {
  /**
   * Adds a job. A repeat while a job with the same name, data and attempt is waiting or being done is ignored; after
   * that it runs once more.
   * @throws BroadsideError `queue.unavailable` (transient) within a second or so when Redis does not answer; the
   * job may have been added all the same.
   */
  add: <Name extends JobName>(name: Name, data: JobData<Name>, options: AddOptions) => Promise<void>
  /** `add` for many, in one round trip. */
  addAll: <Name extends JobName>(name: Name, datas: JobData<Name>[], options: AddOptions) => Promise<void>
  /**
   * Takes jobs of this name from `start()`, before which it is to be called, until `stop()`. Dead letters of it (source `queue:<name>`) that were asked
   * for are handed to `handle` as well.
   */
  work: <Name extends JobName>(name: Name, options: WorkOptions<Name>) => void
  /** For `/readyz`: rejects when Redis does not answer. */
  check: () => Promise<string>
}

export type QueueOptions = {
  redisUrl: string
  /** Takes the dead letters. */
  ledger: Ledger
  log: Logger
  clock?: Clock
  /** What every key in Redis begins with; `broadside`. */
  prefix?: string
  /** How often dead letters that are asked for are looked at; 5,000. */
  sweepEveryMs?: number
  /** How long `stop` waits for jobs in hand before it aborts their signal; 15,000. */
  drainMs?: number
}
