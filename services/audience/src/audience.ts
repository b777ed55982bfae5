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
  /** At most one confirmation mail per address in this time, ms, however often somebody signs it up. */
  repeatMs: number
  /** The time of the next three limits, ms. */
  windowMs: number
  /** Sign-ups from one network address in a window. */
  signUpsPerIp: number
  /** Sign-ups of one site in a window. */
  signUpsPerSite: number
  /** Sign-ups at one mail domain in a window. */
  signUpsPerDomain: number
  /** Domains at which nobody may sign up, such as those of mailboxes that are thrown away. */
  refusesDomain: (domain: string) => boolean
  /**
   * What a sign-up has to show beside an empty trap: nothing; a form of ours that somebody took a moment to send; or
   * one with a piece of work that their browser has done.
   */
  challenge: 'none' | 'time' | 'work'
}

export const defaultOptions: AudienceOptions = {
  trustProxy: false,
  keepIp: false,
  repeatMs: 86_400_000,
  windowMs: 600_000,
  signUpsPerIp: 20,
  signUpsPerSite: 1_000,
  signUpsPerDomain: 300,
  refusesDomain: () => false,
  challenge: 'none',
}

export type Audience = {deps: AudienceDeps; options: AudienceOptions}
