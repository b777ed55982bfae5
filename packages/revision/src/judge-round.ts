import {nextChangeAt, statusAt, type StatusInputs} from '@broadside/content'
import type {PageVersionsTable, PostVersionsTable} from '@broadside/ledger'
import {pageAddress} from '@broadside/site'
import {claims, type Candidate, type Held} from './candidate.ts'
import type {Gathering} from './gather-candidates.ts'
import {judgeAddresses, keptBy, rightOf, type Holder, type Judged} from './judge-addresses.ts'
import {judgePages, type JudgedPages, type TouchedPage} from './judge-pages.ts'
import {metaOf} from './said.ts'

/** The last good version of a post, under the status that time alone gives it now. */
export type Ticked<Version extends Held = Held> = {
  current: Version
  status: PostVersionsTable['status']
  nextChangeAt: number | undefined
}

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
  {standing, asOf}: Gathering,
  candidates: Candidate[],
  touchedPages: TouchedPage[],
  leaving: ReadonlySet<string>,
  stuck: string[],
): Promise<Round> {
  const pagesNow = await standing.pages(touchedPages.map(({path}) => path))
  const wanted = touchedPages.flatMap(({file}) => file?.source.said ?? []).map((said) => pageAddress(metaOf(said)))
  const holders = await standing.holders([...wanted, ...candidates.map(({address}) => address)])
  const leavingNow = [...(await standing.posts([...leaving])).values()].flatMap(({current}) => current ?? [])
  const ticked = [...(await standing.posts(stuck)).values()].flatMap(({current}) => tick(current, asOf))

  const postAt = postsStaying(holders.posts, candidates, leaving, ticked)
  const strong = strongClaims(candidates, new Set([...pagesNow.values()].map(({address}) => address)))
  /** Addresses that posts keep because they are not accepted at others: no page gets them. */
  const kept = new Map<string, string>()
  const judgeBoth = (): {pages: JudgedPages; judged: Judged} => {
    const pageAt = pagesStaying(holders.pages, touchedPages)
    const pages = judgePages(
      touchedPages,
      pagesNow,
      (address) => postAt.get(address)?.file ?? strong.get(address) ?? kept.get(address) ?? pageAt.get(address),
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
    const taken = new Set(pages.accepted.map(({address}) => address))
    const staying = judged.blocked.flatMap(({candidate}) => keptBy(candidate, asOf) ?? [])
    const both = staying.filter(({address}) => taken.has(address))
    for (const {address, path} of both) kept.set(address, path)
    return both.length === 0 ? {pages, judged} : judgeBoth()
  }
  const {pages, judged} = judgeBoth()
  for (const {candidate} of judged.blocked) {
    ticked.push(...tick(candidate.current, asOf))
  }
  const freed = [
    ...leavingNow.filter(claims).map(({address}) => address),
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
  holders: Pick<Held, 'id' | 'path' | 'address'>[],
  candidates: Candidate[],
  leaving: ReadonlySet<string>,
  ticked: Ticked[],
): Map<string, Holder> {
  if (holders.length === 0) return new Map()
  const over = ticked.filter(({status}) => !claims({status})).map(({current}) => current.id)
  const away = new Set([...leaving, ...over, ...candidates.map(({record}) => record.id)])
  const staying = holders.filter(({id}) => !away.has(id))
  return new Map(staying.map(({id, path, address}) => [address, {post: id, file: path}]))
}

function pagesStaying(
  holders: Pick<PageVersionsTable, 'path' | 'address'>[],
  touched: TouchedPage[],
): Map<string, string> {
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
export function tick<Version extends Held>(current: Version | undefined, asOf: number): Ticked<Version>[] {
  if (current === undefined) return []
  const times = timesOf(current)
  const status = statusAt(times, asOf).is
  return status === current.status ? [] : [{current, status, nextChangeAt: nextChangeAt(times, asOf)}]
}

/**
 * When time alone will change something about a post that waits: its last good version, or the newest, which wants no
 * address any more once it has expired.
 */
export function nextLookAt({current, expires}: Candidate, asOf: number): number | undefined {
  const own = expires !== undefined && expires > asOf ? expires : Infinity
  const standing = current === undefined ? undefined : nextChangeAt(timesOf(current), asOf)
  const next = Math.min(own, standing ?? Infinity)
  return next === Infinity ? undefined : next
}

function timesOf({status, date, expires}: Held): StatusInputs {
  return {draft: status === 'draft', date, expires: expires ?? undefined}
}
