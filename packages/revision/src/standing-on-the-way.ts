import type {Db, PageVersionsTable, PostVersionsTable} from '@broadside/ledger'
import {claims, type Candidate, type Held, type Since} from './candidate.ts'
import {inChunks} from './in-chunks.ts'
import type {PageCandidate} from './judge-pages.ts'
import type {Judgement} from './judge-moment.ts'
import {nextLookAt} from './judge-round.ts'
import type {PostMemory} from './post-memory.ts'
import type {PostRecord} from './post-record.ts'
import {addressesHad, currentPages, currentPosts, holdersOf} from './standing.ts'

/** A post's version as commits on the way have left it; `accepted` is undefined where time alone has changed the ledger's. */
export type PostOnTheWay = Held & {accepted: Candidate | undefined}

/**
 * Who holds which address and who waits: the ledger, and over it what the commits of a push have done so far, as if
 * each of them had been pushed by itself. Before the first is taken it is the ledger alone.
 */
export type Standing = {
  /** How many judgements have been taken: the number of the next one. */
  taken: () => number
  /** What holds of these posts, and the ledger's row of each; every post is in the answer. */
  posts: (ids: string[]) => Promise<Map<string, {current: Held | undefined; row: PostVersionsTable | undefined}>>
  pages: (paths: string[]) => Promise<Map<string, Pick<PageVersionsTable, 'path' | 'address'>>>
  holders: (addresses: string[]) => Promise<Holders>
  /** The addresses that each of these posts has had; every post is in the answer. */
  had: (ids: string[]) => Promise<Map<string, ReadonlyMap<string, Since>>>
  /** Ids of the posts that wait for one of these addresses. */
  waiting: (addresses: string[]) => Promise<string[]>
  waitingPages: (addresses: string[]) => Promise<{path: string; oid: string}[]>
  /** Ids of posts whose status time alone has changed by `asOf`. */
  due: (asOf: number) => Promise<string[]>
  /** The next moment until `asOf` at which time alone changes a status. */
  nextDue: (asOf: number) => Promise<number | undefined>
  /** Whether a commit on the way has seen the post. */
  knows: (record: PostRecord) => boolean
  /** Takes what was judged of a commit, or of a moment between two. */
  take: (judgement: Judgement, asOf: number) => void
  /** Ids of the posts, and the pages, that have other versions than the ledger's; and those that have none since. */
  changed: () => {posts: string[]; pages: PageCandidate[]; postsGone: string[]; pagesGone: string[]}
  postOnTheWay: (id: string) => PostOnTheWay | undefined
  /** By id of a post, the addresses that commits on the way gave it, with which of them did. */
  postsHad: ReadonlyMap<string, ReadonlyMap<string, number>>
  pagesHad: ReadonlyMap<string, number>
}

type Holders = {posts: Pick<Held, 'id' | 'path' | 'address'>[]; pages: Pick<PageVersionsTable, 'path' | 'address'>[]}

export type StandingOptions = {
  db: Db
  site: string
  memory: PostMemory
  /** Until when anything is judged, ms. */
  asOf: number
  /** The ledger has nothing of the site, and is not asked. */
  isFirst: boolean
}

const never: ReadonlyMap<string, Since> = new Map()

/** After all revisions that there are. */
const onTheWay = Number.MAX_SAFE_INTEGER

export function createStanding({db, site, memory, asOf: last, isFirst}: StandingOptions): Standing {
  const posts = new Map<string, PostOnTheWay | undefined>()
  const postAt = new Map<string, string>()
  const pages = new Map<string, PageCandidate | undefined>()
  const pageAt = new Map<string, string>()
  const pagesWaiting = new Map<string, {oid: string; address: string}>()
  const pagesSeen = new Set<string>()
  const blocked = new Set<PostRecord>()
  const seen = new Set<PostRecord>()
  const postsHad = new Map<string, Map<string, number>>()
  const pagesHad = new Map<string, number>()
  const timers = new Map<string, number>()
  let taken = 0
  let firstTimer = Infinity
  let rung = -Infinity
  let ledgerTimers: {key: string; due: number}[] | undefined

  async function dueInLedger(asOf: number): Promise<{key: string; due: number}[]> {
    if (isFirst) return []
    ledgerTimers ??= await db
      .selectFrom('timers')
      .select(['key', 'due'])
      .where('site', '=', site)
      .where('owner', '=', 'intake')
      .where('due', '<=', last)
      .execute()
    return ledgerTimers.filter(({key, due}) => due <= asOf && due > rung && !posts.has(key))
  }

  function place(id: string, version: PostOnTheWay | undefined): void {
    const before = posts.get(id)
    if (before !== undefined && postAt.get(before.address) === id) postAt.delete(before.address)
    posts.set(id, version)
    if (version === undefined || !claims(version)) return
    postAt.set(version.address, id)
    if (version.status !== 'live') return
    const had = postsHad.get(id)
    if (had === undefined) postsHad.set(id, new Map([[version.address, taken]]))
    else if (!had.has(version.address)) had.set(version.address, taken)
  }

  function placePage(path: string, page: PageCandidate | undefined): void {
    const before = pages.get(path)
    if (before !== undefined && pageAt.get(before.address) === path) pageAt.delete(before.address)
    pages.set(path, page)
    if (page === undefined) return
    pageAt.set(page.address, path)
    if (!pagesHad.has(page.address)) pagesHad.set(page.address, taken)
  }

  function wake(id: string, at: number | undefined): void {
    timers.delete(id)
    if (at === undefined) return
    timers.set(id, at)
    firstTimer = Math.min(firstTimer, at)
  }

  return {
    taken: () => taken,
    async posts(ids) {
      const rows = isFirst ? undefined : await currentPosts(db, site, ids)
      return new Map(
        ids.map((id) => {
          const row = rows?.get(id)
          return [id, {row, current: posts.has(id) ? posts.get(id) : row}]
        }),
      )
    },
    async pages(paths) {
      const found: Map<string, Pick<PageVersionsTable, 'path' | 'address'>> = isFirst
        ? new Map()
        : await currentPages(db, site, paths)
      if (pages.size === 0) return found
      for (const path of paths) {
        const page = pages.get(path)
        if (page !== undefined) found.set(path, page)
        else if (pages.has(path)) found.delete(path)
      }
      return found
    },
    async holders(addresses) {
      const found: Holders = isFirst ? {posts: [], pages: []} : await holdersOf(db, site, addresses)
      found.posts = found.posts.filter(({id}) => !posts.has(id))
      found.pages = found.pages.filter(({path}) => !pages.has(path))
      for (const address of taken === 0 ? [] : new Set(addresses)) {
        const post = postAt.get(address)
        if (post !== undefined) found.posts.push(posts.get(post)!)
        const page = pageAt.get(address)
        if (page !== undefined) found.pages.push(pages.get(page)!)
      }
      return found
    },
    async had(ids) {
      const ledger = isFirst ? undefined : await addressesHad(db, site, ids)
      return new Map(
        ids.map((id) => {
          const before = ledger?.get(id)
          const since = postsHad.get(id)
          if (since === undefined) return [id, before ?? never]
          const all = new Map<string, Since>([...since].map(([address, nth]) => [address, {revision: onTheWay, nth}]))
          for (const [address, first] of before ?? []) all.set(address, first)
          return [id, all]
        }),
      )
    },
    async waiting(addresses) {
      if (addresses.length === 0) return []
      const wanted = new Set(addresses)
      const ids = [...blocked].filter(({blockedBy}) => wanted.has(blockedBy ?? '')).map(({id}) => id)
      for (const chunk of isFirst ? [] : inChunks(addresses)) {
        const rows = await db
          .selectFrom('posts')
          .select('id')
          .where('site', '=', site)
          .where('blocked_by', 'in', chunk)
          .execute()
        // Who was looked at since may wait for another, or for none.
        const records = rows.map(({id}) => ({id, record: memory.byId(id)}))
        const still = records.filter(({record}) => record === undefined || wanted.has(record.blockedBy ?? ''))
        ids.push(...still.map(({id}) => id))
      }
      return [...new Set(ids)]
    },
    async waitingPages(addresses) {
      if (addresses.length === 0) return []
      const wanted = new Set(addresses)
      const found = [...pagesWaiting].flatMap(([path, page]) =>
        wanted.has(page.address) ? [{path, oid: page.oid}] : [],
      )
      for (const chunk of isFirst ? [] : inChunks(addresses)) {
        const rows = await db
          .selectFrom('waiting_pages')
          .select(['path', 'oid'])
          .where('site', '=', site)
          .where('address', 'in', chunk)
          .execute()
        found.push(...rows.filter(({path}) => !pagesSeen.has(path)))
      }
      return found
    },
    async due(asOf) {
      const own = firstTimer > asOf ? [] : [...timers].filter(([, at]) => at <= asOf).map(([id]) => id)
      return [...new Set([...own, ...(await dueInLedger(asOf)).map(({key}) => key)])]
    },
    async nextDue(asOf) {
      const next = earliest([firstTimer, ...(await dueInLedger(asOf)).map(({due}) => due)])
      return next <= asOf ? next : undefined
    },
    knows: (record) => seen.has(record),
    take({records, accepted, ticked, leaving, blocked: waiting, pages: judged}, asOf) {
      for (const record of records) seen.add(record)
      for (const id of leaving) place(id, undefined)
      for (const candidate of accepted) {
        const {record, path, address, status, date, expires = null} = candidate
        place(record.id, {id: record.id, path, address, status, date, expires, accepted: candidate})
        blocked.delete(record)
      }
      for (const {current, status} of ticked) {
        place(current.id, {...current, status, accepted: posts.get(current.id)?.accepted})
      }
      for (const {candidate} of waiting) blocked.add(candidate.record)

      for (const path of judged.gone) placePage(path, undefined)
      for (const page of judged.accepted) placePage(page.path, page)
      for (const path of [...judged.gone, ...judged.broken, ...judged.accepted.map((page) => page.path)]) {
        pagesSeen.add(path)
        pagesWaiting.delete(path)
      }
      for (const {path, oid, address} of judged.waiting) pagesWaiting.set(path, {oid, address})

      rung = asOf
      for (const id of leaving) wake(id, undefined)
      for (const {record, nextChangeAt} of accepted) wake(record.id, nextChangeAt)
      for (const {current, nextChangeAt} of ticked) wake(current.id, nextChangeAt)
      for (const {candidate} of waiting) wake(candidate.record.id, nextLookAt(candidate, asOf))
      if (firstTimer <= asOf) {
        for (const [id, at] of timers) if (at <= asOf) timers.delete(id)
        firstTimer = earliest(timers.values())
      }
      taken += 1
    },
    changed: () => ({
      posts: [...posts].flatMap(([id, version]) => (version === undefined ? [] : [id])),
      pages: [...pages.values()].filter((page) => page !== undefined),
      postsGone: [...posts].flatMap(([id, version]) => (version === undefined ? [id] : [])),
      pagesGone: [...pages].flatMap(([path, page]) => (page === undefined ? [path] : [])),
    }),
    postOnTheWay: (id) => posts.get(id),
    postsHad,
    pagesHad,
  }
}

function earliest(moments: Iterable<number>): number {
  let first = Infinity
  for (const moment of moments) if (moment < first) first = moment
  return first
}
