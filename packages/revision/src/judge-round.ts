import {nextChangeAt, statusAt} from '@broadside/content'
import type {PostVersionsTable} from '@broadside/ledger'
import {pageAddress} from '@broadside/site'
import {claims, type Candidate} from './candidate.ts'
import type {Gathering} from './gather-candidates.ts'
import {judgeAddresses, rightOf, type Holder, type Judged} from './judge-addresses.ts'
import {judgePages, type JudgedPages, type TouchedPage} from './judge-pages.ts'
import {currentPages, currentPosts, holdersOf} from './standing.ts'

/** The last good version of a post, under the status that time alone gives it now. */
export type Ticked = {current: PostVersionsTable; status: PostVersionsTable['status']; nextChangeAt: number | undefined}

export type Round = Judged & {
  ticked: Ticked[]
  pages: JudgedPages
  /** Addresses that somebody gives up. */
  freed: string[]
}

/**
 * Judges posts and pages together, by what the ledger says of the addresses they want. `stuck` are posts whose time
 * has come and whose newest file cannot be taken.
 */
export async function judgeRound(
  {db, site, asOf}: Gathering,
  candidates: Candidate[],
  touchedPages: TouchedPage[],
  leaving: ReadonlySet<string>,
  stuck: string[],
): Promise<Round> {
  const pagesNow = await currentPages(
    db,
    site,
    touchedPages.map(({path}) => path),
  )
  const wanted = touchedPages.flatMap(({file}) => file?.source.meta ?? []).map(pageAddress)
  const holders = await holdersOf(db, site, [...wanted, ...candidates.map(({address}) => address)])
  const leavingNow = await currentPosts(db, site, [...leaving])
  const ticked = [...(await currentPosts(db, site, stuck)).values()].flatMap((current) => tick(current, asOf))

  const postAt = postsStaying(holders.posts, candidates, leaving, ticked)
  const pageAt = pagesStaying(holders.pages, touchedPages)
  const strong = strongClaims(candidates, new Set([...pagesNow.values()].map(({address}) => address)))
  const pages = judgePages(
    touchedPages,
    pagesNow,
    (address) => postAt.get(address)?.file ?? strong.get(address) ?? pageAt.get(address),
  )
  for (const path of pages.broken) {
    const now = pagesNow.get(path)
    if (now !== undefined) pageAt.set(now.address, path)
  }
  for (const {path, address} of pages.accepted) pageAt.set(address, path)

  const judged = judgeAddresses(candidates, asOf, (address) => {
    const page = pageAt.get(address)
    return postAt.get(address) ?? (page === undefined ? undefined : {file: page})
  })
  for (const {candidate} of judged.blocked) {
    if (candidate.current !== undefined) ticked.push(...tick(candidate.current, asOf))
  }
  const freed = [
    ...[...leavingNow.values()].filter(claims).map(({address}) => address),
    ...ticked.filter(({status}) => !claims({status})).map(({current}) => current.address),
    ...judged.accepted.flatMap(addressLeft),
    ...pages.gone.flatMap((path) => pagesNow.get(path)?.address ?? []),
    ...pages.accepted.flatMap(({path, address}) => {
      const before = pagesNow.get(path)?.address ?? address
      return before === address ? [] : [before]
    }),
  ]
  return {...judged, ticked, pages, freed}
}

/** Posts that hold a wanted address and are not judged now. */
function postsStaying(
  holders: Pick<PostVersionsTable, 'id' | 'path' | 'address'>[],
  candidates: Candidate[],
  leaving: ReadonlySet<string>,
  ticked: Ticked[],
): Map<string, Holder> {
  const over = ticked.filter(({status}) => !claims({status})).map(({current}) => current.id)
  const away = new Set([...leaving, ...over, ...candidates.map(({record}) => record.id)])
  const staying = holders.filter(({id}) => !away.has(id))
  return new Map(staying.map(({id, path, address}) => [address, {post: id, file: path}]))
}

function pagesStaying(holders: {path: string; address: string}[], touched: TouchedPage[]): Map<string, string> {
  const away = new Set(touched.map(({path}) => path))
  return new Map(holders.filter(({path}) => !away.has(path)).map(({path, address}) => [address, path]))
}

/** Addresses that are a post's by a better right than that of a page which does not hold them. */
function strongClaims(candidates: Candidate[], heldByPages: ReadonlySet<string>): Map<string, string> {
  const strong = candidates.filter((candidate) => {
    const right = rightOf(candidate)
    return claims(candidate) && (right === 0 || (right === 1 && !heldByPages.has(candidate.address)))
  })
  return new Map(strong.map(({address, record}) => [address, record.path!]))
}

function addressLeft(candidate: Candidate): string[] {
  const {current, address} = candidate
  if (current === undefined || !claims(current)) return []
  return current.address !== address || !claims(candidate) ? [current.address] : []
}

/** Nothing when the version's status is what it was. */
function tick(current: PostVersionsTable, asOf: number): Ticked[] {
  const {date, expires} = current
  const times = {draft: current.status === 'draft', date, expires: expires ?? undefined}
  const status = statusAt(times, asOf).is
  return status === current.status ? [] : [{current, status, nextChangeAt: nextChangeAt(times, asOf)}]
}
