import type {ReturnPaths} from '@broadside/bounces'
import type {Bus} from '@broadside/bus'
import type {Ledger} from '@broadside/ledger'
import type {Queue} from '@broadside/queue'
import type {Clock, Logger} from '@broadside/runtime'
import type {DkimSigner, Submitter} from '@broadside/smtp'
import type {Tokens} from '@broadside/subscribers'
import type {Slots} from './create-slots.ts'
import {noRules, type SendingRules} from './pace/sending-rules.ts'
import type {Weather} from './storm.ts'

/** What newsletter works with. `createNewsletter` registers on `bus` and `queue`, so start them after it is made. */
export type NewsletterDeps = {
  ledger: Ledger
  bus: Bus
  queue: Queue
  /** For sites without one of their own. Closed by whoever made it, after newsletter has stopped. */
  submitter: Submitter
  tokens: Tokens
  clock: Clock
  log: Logger
}

export type NewsletterOptions = {
  /** Who mails are from where a site does not say: an address, or `Name <address>`. */
  mailFrom: string
  /** Domains that sites may write from; any, unless given. */
  fromDomains: readonly string[] | undefined
  /** Who signs the mails of a site; nobody where it gives none. Throws what is wrong with a site's key. */
  signerOf: (site: string) => DkimSigner | undefined
  /** Addresses that tell which mail comes back; without them reports go to the sender. */
  returnPaths: ReturnPaths | undefined
  /** The submitter of a site that has its own; the same one each time. Throws what is wrong with what is set for it. */
  submitterOf: (site: string) => Submitter | undefined
  /** How fast mails of a site may go, and what is asked about first. Throws what is wrong with a site's settings. */
  rulesOf: (site: string) => SendingRules
  /** Most parts of one edition in the queue, or in work, at once. */
  lanes: number
  /** Recipients of one part, at most some hundred. */
  partSize: number
  /** How often releases are looked at without being told, ms. */
  announceMs: number
  /** How often editions and letters under way are looked at, ms. */
  sweepMs: number
  /** How long a recipient stays with a worker that gives no sign of life, ms. */
  leaseMs: number
  /** An edition without progress for this long is carried on by whoever looks, ms. */
  takeOverMs: number
  /** First wait after a 4xx of the mail server for one recipient, ms; it doubles up to an hour. */
  deferMs: number
  /** Somebody who was put off for so long is given up on, ms. */
  giveUpMs: number
  /** How long a letter is tried for, ms. */
  letterAgeMs: number
}

export const defaultOptions: Omit<NewsletterOptions, 'mailFrom'> = {
  fromDomains: undefined,
  signerOf: () => undefined,
  rulesOf: () => noRules,
  returnPaths: undefined,
  submitterOf: () => undefined,
  lanes: 2,
  partSize: 200,
  announceMs: 5_000,
  sweepMs: 1_000,
  leaseMs: 4_000,
  takeOverMs: 8_000,
  deferMs: 60_000,
  giveUpMs: 72 * 3_600_000,
  letterAgeMs: 24 * 3_600_000,
}

/** A way out for mails, and how many may be on it at once. */
export type Outlet = {submitter: Submitter; slots: Slots}

export type Newsletter = {
  deps: NewsletterDeps
  options: NewsletterOptions
  /** Where the mails of a site leave, with the slots of that way out. */
  outletOf: (site: string) => Outlet
  /** How often in a row the mail server could not be used, by edition. */
  troubles: Map<string, number>
  /** The last answers, by edition. */
  weathers: Map<string, Weather>
}
