import type {Diagnostic} from '@broadside/content'
import type {Candidate} from './candidate.ts'
import type {TouchedPost} from './follow-history.ts'
import type {Gatherer} from './gather-candidates.ts'
import type {TouchedPage} from './judge-pages.ts'
import {judgeRound, type Round} from './judge-round.ts'
import type {PostRecord} from './post-record.ts'
import {readWaitingPages} from './read-pages.ts'

/** What is new at a moment: files that were touched, and posts that are to be judged besides. */
export type Moment = {
  posts: ReadonlyMap<PostRecord, TouchedPost | undefined>
  pages: TouchedPage[]
  also?: string[]
  isEverythingAnew: boolean
}

export type Judgement = Round & {
  /** The posts whose files were touched. */
  records: PostRecord[]
  /** All that were judged, whatever came of it. */
  candidates: Candidate[]
  /** Present posts that cannot be read. */
  unreadable: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: ReadonlySet<string>
  diagnostics: Diagnostic[]
}

/**
 * Judges what was touched, what time has changed, and whoever waits for an address that becomes free thereby: the same
 * for a commit on the way as for the head. Records are told what they wait for.
 */
export async function judgeMoment(gatherer: Gatherer, moment: Moment): Promise<Judgement> {
  const {standing, asOf} = gatherer
  const {candidates, broken, leaving, diagnostics} = await gatherer.touched(moment.posts)
  const seen = new Set([...candidates.map(({record}) => record.id), ...broken.map(({id}) => id), ...leaving])
  const add = async (ids: string[]): Promise<number> => {
    const unseen = ids.filter((id) => !seen.has(id))
    if (unseen.length === 0) return 0
    const added = await gatherer.newest(unseen)
    for (const {record} of added) seen.add(record.id)
    candidates.push(...added)
    return added.length
  }
  const due = await standing.due(asOf)
  await add(due)
  await add(moment.also ?? [])
  if (moment.isEverythingAnew) await add(await gatherer.present())
  const pages = [...moment.pages]

  for (;;) {
    const isCandidate = new Set(due.length === 0 ? [] : candidates.map(({record}) => record.id))
    const stuck = due.filter((id) => !isCandidate.has(id) && !leaving.has(id))
    const judged = await judgeRound(gatherer, candidates, pages, leaving, stuck)
    const posts = await add(await standing.waiting(judged.freed))
    const waiting = await readWaitingPages(gatherer, judged.freed, pages)
    pages.push(...waiting)
    if (posts + waiting.length > 0) continue

    for (const {record} of judged.accepted) record.blockedBy = undefined
    for (const {candidate} of judged.blocked) candidate.record.blockedBy = candidate.address
    return {...judged, records: [...moment.posts.keys()], candidates, unreadable: broken, leaving, diagnostics}
  }
}
