import type {Mirror} from '@broadside/git'
import type {ImagePool} from '@broadside/images/pool'
import type {Ledger, RevisionsTable} from '@broadside/ledger'
import {draftRevision} from './draft-revision.ts'
import type {AcceptedRevision} from './tell-accepted.ts'
import {writeRevision} from './write-revision.ts'

export type AcceptOptions = {
  ledger: Ledger
  mirror: Mirror
  site: string
  /** Head of the branch; for the clock that of the last revision. */
  commit: string
  cause: RevisionsTable['cause']
  /** The moment at which posts are judged; never before that of the last revision, whatever a clock says. */
  asOf: number
  now: () => number
  /** Keeps a binary under its hash before a row names it; a repeat does nothing. */
  keepBinary: (hash: string, bytes: Uint8Array) => Promise<void>
  /** Looks at images that nobody has looked at before. */
  images: Pick<ImagePool, 'inspect'>
  /** Domains of mail addresses at which authors may be written to when their push fails; none unless given. */
  authorDomains?: readonly string[]
  /** Who relays the events that are written. */
  source: string
  /** How many files the revision may touch; half a million unless given. */
  maxFiles?: number
}

/**
 * Makes the next revision of a site from its branch's head, or from the clock: identity, status and address of every
 * post that the way from the last revision touched, in one transaction with the events that tell of it. Texts and
 * binaries are kept before it; they are named by their content, and harmless should nothing come of it. Undefined when
 * nothing changed, when the clock is the cause and no post is due, or an upgrade and the last revision was made by this
 * version of the pipeline. Whatever the cause, a revision after one of another version has every fragment made anew.
 * One at a time per site: the caller holds the site, and a loser of a race gets `revision.raced` (transient) with
 * nothing written; `revision.too-large` (invalid) is thrown before anything is written, too.
 */
export async function acceptRevision(options: AcceptOptions): Promise<AcceptedRevision | undefined> {
  const drafted = await draftRevision(options)
  // What only judging needed has gone out of memory by now.
  return drafted && writeRevision({...options, asOf: drafted.asOf, cause: drafted.cause}, drafted.draft)
}
