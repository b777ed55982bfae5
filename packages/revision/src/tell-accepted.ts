import type {Diagnostic} from '@broadside/content'
import {pinOf, type Db} from '@broadside/ledger'
import {linksLeftBehind} from './links-left-behind.ts'
import type {RevisionSummary} from './revision-summary.ts'

export type AcceptedRevision = {
  number: number
  summary: RevisionSummary
  /** Links elsewhere that lead nowhere since, at most ten; absent where there are none. */
  leftBehind?: Diagnostic[]
  /** The site is rolled back to this revision: what was accepted waits until it is unpinned. */
  pinnedTo?: number
}

type Told = Pick<AcceptedRevision, 'number' | 'summary'>

/** What the author is told of a revision, from the ledger alone: the same whoever had it accepted, and told it before. */
export async function tellAccepted(db: Db, site: string, {number, summary}: Told): Promise<AcceptedRevision> {
  const leftBehind = await linksLeftBehind(db, site, number)
  const pin = await pinOf(db, site)
  return {
    number,
    summary,
    ...(leftBehind.length === 0 ? {} : {leftBehind}),
    ...(pin === undefined ? {} : {pinnedTo: pin.shows}),
  }
}
