import {formatPlace, type Diagnostic} from '@broadside/content'
import type {Candidate} from './candidate.ts'
import {duplicateFeedIds} from './duplicate-feed-ids.ts'
import type {Touched} from './follow-history.ts'
import type {Gatherer} from './gather-candidates.ts'
import type {Judged} from './judge-addresses.ts'
import type {JudgedPages} from './judge-pages.ts'
import {judgeRound, type Ticked} from './judge-round.ts'
import type {PostRecord} from './post-record.ts'
import {readPages, readWaitingPages} from './read-pages.ts'

export type JudgedRevision = {
  accepted: Candidate[]
  ticked: Ticked[]
  /** Present posts whose newest file cannot be taken: their last good version stays. */
  broken: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: ReadonlySet<string>
  pages: JudgedPages
  /** Texts to keep before the revision is written. */
  texts: {hash: string; oid: string}[]
  diagnostics: Diagnostic[]
}

/** Judges what the way touched, what time has changed, and whoever waits for an address that becomes free thereby. */
export async function judgeRevision(
  gatherer: Gatherer,
  touched: Touched,
  isEverythingAnew: boolean,
): Promise<JudgedRevision> {
  const {candidates, broken, leaving, diagnostics} = await gatherer.touched(touched)
  const seen = new Set([...candidates.map(({record}) => record.id), ...broken.map(({id}) => id), ...leaving])
  const add = async (ids: string[]): Promise<number> => {
    const added = await gatherer.fromLedger(ids.filter((id) => !seen.has(id)))
    for (const {record} of added) seen.add(record.id)
    candidates.push(...added)
    return added.length
  }
  const due = await gatherer.due()
  await add(due)
  if (isEverythingAnew) await add(await gatherer.present())
  const pages = await readPages(gatherer, touched)

  for (;;) {
    const isCandidate = new Set(candidates.map(({record}) => record.id))
    const stuck = due.filter((id) => !isCandidate.has(id) && !leaving.has(id))
    const judged = await judgeRound(gatherer, candidates, pages, leaving, stuck)
    const posts = await add(await gatherer.waitingFor(judged.freed))
    const waiting = await readWaitingPages(gatherer, judged.freed, pages)
    pages.push(...waiting)
    if (posts + waiting.length > 0) continue

    const {accepted, blocked, ticked} = judged
    for (const {record} of accepted) record.blockedBy = undefined
    for (const {candidate} of blocked) candidate.record.blockedBy = candidate.address
    return {
      accepted,
      ticked,
      broken: [...broken, ...blocked.map(({candidate}) => candidate.record)],
      leaving,
      pages: judged.pages,
      texts: [
        ...candidates.flatMap(({sourceHash, oid}) => (oid === undefined ? [] : [{hash: sourceHash, oid}])),
        ...judged.pages.accepted.map(({source, oid}) => ({hash: source.hash, oid})),
      ],
      diagnostics: [
        ...diagnostics,
        ...judged.pages.diagnostics,
        ...blocked.map(addressTaken),
        ...(await duplicateFeedIds(gatherer.db, gatherer.site, accepted, leaving)),
      ],
    }
  }
}

function addressTaken({candidate, by}: Judged['blocked'][number]): Diagnostic {
  return {
    severity: 'error',
    code: 'post.address-taken',
    file: candidate.record.path!,
    message: `its address ${candidate.address} belongs to ${formatPlace({file: by})}`,
    cure: 'Give it another slug: or permalink: in its front matter',
  }
}
