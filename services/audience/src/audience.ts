import type {Ledger} from '@broadside/ledger'
import type {Queue} from '@broadside/queue'
import type {Clock, Logger} from '@broadside/runtime'
import type {Tokens} from '@broadside/subscribers'
import type {Spool} from './create-spool.ts'

/** What audience works with. It only adds to `queue`, so a queue that is not started will do. */
export type AudienceDeps = {
  ledger: Ledger
  queue: Queue
  tokens: Tokens
  /** Where requests to leave wait while the ledger cannot be written. */
  spool: Spool
  clock: Clock
  log: Logger
}

export type AudienceOptions = {
  /** Whether the last address of X-Forwarded-For is the reader's, as a proxy of ours in front writes it. */
  trustProxy: boolean
  /** Whether the network address of who signs up and confirms is kept as evidence. */
  keepIp: boolean
  /** At most one confirmation mail per address in this time, ms; the time of the next two limits as well. */
  windowMs: number
  /** Sign-ups from one network address in a window. */
  signUpsPerIp: number
  /** Sign-ups of one site in a window. */
  signUpsPerSite: number
}

export const defaultOptions: AudienceOptions = {
  trustProxy: false,
  keepIp: false,
  windowMs: 600_000,
  signUpsPerIp: 20,
  signUpsPerSite: 1_000,
}

export type Audience = {deps: AudienceDeps; options: AudienceOptions}
