import type {Fault, MailReference} from '@broadside/bounces'
import type {Ledger} from '@broadside/ledger'
import type {Clock, Logger} from '@broadside/runtime'

export type ReportDeps = {ledger: Ledger; clock: Clock; log: Logger}

/** What somebody told about one mail. `at` (ms) is when it happened, as they say. */
export type Told = {
  /** Who told: `mail`, or the name of a provider. */
  source: string
  /** The teller's name of this report, the same when it comes again. */
  event: string
  mail: MailReference
  at: number
  reply: string
  status?: string
} & ({kind: 'bounced' | 'rejected'; fault: Fault} | {kind: 'delayed' | 'delivered' | 'complained' | 'leave'})
