import type {Bus} from '@broadside/bus'
import type {StatusForge} from '@broadside/forge'
import type {Ledger, SitesTable} from '@broadside/ledger'
import type {Clock, Logger} from '@broadside/runtime'

/** What notifier works with. `createNotifier` registers on `bus`, so start that after it is made. */
export type NotifierDeps = {ledger: Ledger; bus: Bus; clock: Clock; log: Logger}

export type NotifierOptions = {
  /** Where the commits of a site get their status, if anywhere; throws `config.invalid`. */
  forgeOf: (site: SitesTable) => StatusForge | undefined
  /** Hosts in private networks that a site may name as its hub; an author names no other machine behind our walls. */
  privateHubs: readonly string[]
  /** Where authors reach the console; a commit's status leads to its push there, and to the site without it. */
  consoleUrl: string | undefined
  /** Calls at once in this process; to one target there is one at a time. */
  callsAtOnce: number
  /** How often facts and effects are looked for without being told, ms. */
  sweepMs: number
  /** The longest that a call may take, ms. */
  callMs: number
  /** First wait after a call that may work later, ms; it doubles up to an hour. */
  retryMs: number
  /** How long an effect is tried for, ms. */
  ageMs: number
}

export const defaultOptions: NotifierOptions = {
  forgeOf: () => undefined,
  privateHubs: [],
  consoleUrl: undefined,
  callsAtOnce: 8,
  sweepMs: 5_000,
  callMs: 10_000,
  retryMs: 5_000,
  ageMs: 24 * 3_600_000,
}

export type Notifier = {deps: NotifierDeps; options: NotifierOptions}
