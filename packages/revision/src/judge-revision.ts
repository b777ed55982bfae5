import {formatPlace, nextChangeAt, statusAt, type Diagnostic} from '@broadside/content'
import type {PostVersionsTable} from '@broadside/ledger'
import type {Candidate} from './candidate.ts'
import {duplicateFeedIds} from './duplicate-feed-ids.ts'
import type {Touched} from './follow-history.ts'
import type {Gatherer} from './gather-candidates.ts'
import type {Judged} from './judge-addresses.ts'
import {judgeMoment, type Judgement} from './judge-moment.ts'
import type {JudgedPages} from './judge-pages.ts'
import {nextLookAt, tick, type Ticked} from './judge-round.ts'
import type {PostRecord} from './post-record.ts'
import {readPages} from './read-pages.ts'
import {currentPosts} from './standing.ts'

export type JudgedRevision = {
  accepted: Candidate[]
  ticked: Ticked<PostVersionsTable>[]
  /** Posts that wait for an address, and when time alone may change that. */
  waiting: {id: string; nextChangeAt: number | undefined}[]
  /** Present posts whose newest file cannot be taken: their last good version stays. */
  broken: PostRecord[]
  /** Ids of posts that are no longer in the tree. */
  leaving: ReadonlySet<string>
  pages: JudgedPages
  /** Texts to keep before the revision is written. */
  texts: Iterable<{hash: string; oid: string}>
  diagnostics: Diagnostic[]
}

/**
 * Judges the head: all that the way touched or gave another version, what time has changed, and whoever waits for an
 * address that becomes free thereby. Where it is not taken, what the way accepted last stays.
 */
export async function judgeRevision(
  gatherer: Gatherer,
  touched: Touched,
  isEverythingAnew: boolean,
): Promise<JudgedRevision> {
  const {standing} = gatherer
  const changed = standing.changed()
  const pages = await readPages(gatherer, touched)
  pages.push(...changed.pages.flatMap(({path, ...file}) => (touched.pages.has(path) ? [] : [{path, file}])))
  const judged = await judgeMoment(gatherer, {posts: touched.posts, pages, also: changed.posts, isEverythingAnew})
  const onTheWay = await stayingFromTheWay(gatherer, judged, changed.posts)
  const accepted = [...judged.accepted, ...onTheWay.accepted]
  const here = new Set(judged.accepted.map(({record}) => record.id))
  const leaving = new Set([...judged.leaving, ...changed.postsGone.filter((id) => !here.has(id))])
  const known = new Set([...judged.pages.accepted.map(({path}) => path), ...judged.pages.gone])
  judged.pages.accepted.push(...changed.pages.filter(({path}) => !known.has(path)))
  judged.pages.gone.push(...changed.pagesGone.filter((path) => !known.has(path)))
  return {
    accepted,
    ticked: [...judged.ticked.flatMap((one) => (isRow(gatherer, one) ? [one] : [])), ...onTheWay.ticked],
    waiting: judged.blocked.map(({candidate}) => ({
      id: candidate.record.id,
      nextChangeAt: nextLookAt(candidate, gatherer.asOf),
    })),
    broken: [...judged.unreadable, ...judged.blocked.map(({candidate}) => candidate.record)],
    leaving,
    pages: judged.pages,
    texts: textsOf([...judged.candidates, ...onTheWay.accepted], judged.pages),
    diagnostics: [
      ...judged.diagnostics,
      ...judged.pages.diagnostics,
      ...judged.blocked.map(addressTaken),
      ...(await duplicateFeedIds(gatherer.db, gatherer.site, accepted, leaving)),
    ],
  }
}

function* textsOf(posts: Candidate[], {accepted: pages}: JudgedPages): Generator<{hash: string; oid: string}> {
  for (const {sourceHash, oid} of posts) if (oid !== undefined) yield {hash: sourceHash, oid}
  for (const {source, oid} of pages) yield {hash: source.hash, oid}
}

/** Whether the version is one of the ledger, which no commit on the way has changed. */
function isRow({standing}: Gatherer, one: Ticked): one is Ticked<PostVersionsTable> {
  return standing.postOnTheWay(one.current.id) === undefined
}

/** The versions that commits on the way have left and that the head does not replace, as they stand now. */
async function stayingFromTheWay(
  {db, site, standing, asOf}: Gatherer,
  judged: Judgement,
  changed: string[],
): Promise<{accepted: Candidate[]; ticked: Ticked<PostVersionsTable>[]}> {
  const replaced = new Set(judged.accepted.map(({record}) => record.id))
  const staying = changed.filter((id) => !replaced.has(id) && !judged.leaving.has(id))
  const rows = await currentPosts(db, site, staying)
  const accepted: Candidate[] = []
  const ticked: Ticked<PostVersionsTable>[] = []
  for (const id of staying) {
    const candidate = standing.postOnTheWay(id)?.accepted
    if (candidate === undefined) ticked.push(...tick(rows.get(id), asOf))
    else accepted.push({...candidate, ...standingAt(candidate, asOf), row: rows.get(id)})
  }
  return {accepted, ticked}
}

function standingAt({draft, date, expires}: Candidate, asOf: number): Pick<Candidate, 'status' | 'nextChangeAt'> {
  const times = {draft, date, expires}
  return {status: statusAt(times, asOf).is, nextChangeAt: nextChangeAt(times, asOf)}
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
