import {setImmediate} from 'node:timers/promises'
import {
  changesBetween,
  claimSearchIndex,
  confirmSearchFiles,
  doubtSearchFiles,
  dropSearchFiles,
  openSiteView,
  renewSearchClaim,
  searchFilesOf,
  searchWork,
  settleSearchIndex,
  type Db,
  type SearchClaim,
  type SearchWork,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {entryName, indexVersion, searchEntry, type SearchFile, type SearchSegment} from '@broadside/search'
import {buildSearchSegment, searchFile, searchPeriods, touchedPeriods, type SiteView} from '@broadside/site'
import {objectKey, type Publisher} from './publisher.ts'

const stepsPerLook = 25
const filesPerDelete = 500

type Segments = [period: string, segment: SearchSegment][]

/**
 * Brings the search index of a site to the revision that readers see, at once where there is none, and else once
 * releases have been quiet for a while: files named by their content first, the entry that names them after, those that
 * it no longer names a minute later. It gives way to a release, unless it has waited too long. Any number may call: one
 * of them holds the claim in the ledger, and a crash anywhere leaves files in doubt that the next call puts or removes
 * again.
 *
 * @throws BroadsideError `search-index.fenced` (uncertain) once somebody else goes on; what the objects throw.
 */
export async function carrySearch(publisher: Publisher, site: string, signal: AbortSignal): Promise<void> {
  const {ledger, clock} = publisher.deps
  const {searchFirstMs, searchQuietMs, searchPatienceMs, takeOverMs: leaseMs} = publisher.options
  const work = await searchWork(ledger.db, site, indexVersion)
  if (work === undefined) return
  const {index, waiting, isReleasing} = work
  const now = clock.now()
  const isTidyDue = index.tidy_at !== null && index.tidy_at <= now
  const isOverdue = waiting !== undefined && now - waiting.since >= searchPatienceMs
  // Until there is one, readers find nothing at all, and there is no earlier work to be made again.
  const quietMs = index.revision === 0 ? searchFirstMs : searchQuietMs
  const isDue = isOverdue || (waiting !== undefined && !isReleasing && now - waiting.newest >= quietMs)
  if (!isDue && !isTidyDue) return
  const claim = await claimSearchIndex(ledger.db, index, {now, leaseMs})
  if (claim === undefined) return
  try {
    if (isDue) await buildIndex(publisher, {claim, work, isOverdue, signal})
    else await tidyIndex(publisher, claim, work)
  } finally {
    await settleSearchIndex(ledger.db, claim, {lease_until: 0}).catch(() => {})
  }
}

type Build = {claim: SearchClaim; work: SearchWork; isOverdue: boolean; signal: AbortSignal}

async function buildIndex(publisher: Publisher, {claim, work, isOverdue, signal}: Build): Promise<void> {
  const {ledger, clock, log} = publisher.deps
  const {site} = claim
  const {index, revision} = work
  const startedAt = clock.now()
  const view = await openSiteView(ledger.db, site, revision)
  const {known, touched} = await whatIsKnown(publisher, work, view)
  const files = await searchFilesOf(ledger.db, site)
  const put = (file: SearchFile[]) => putFiles(publisher, claim, file, files)
  let read = 0
  let steps = 0
  const pause = async () => {
    steps += 1
    await setImmediate()
    if (steps % stepsPerLook !== 0) return
    await renew(publisher, claim)
    const now = await searchWork(ledger.db, site, indexVersion)
    if (signal.aborted || (!isOverdue && (now?.isReleasing === true || now?.revision !== revision)))
      throw new BroadsideError('uncertain', 'search-index.fenced', `the search index of ${site} gives way`)
  }

  const segments: Segments = []
  for (const period of await searchPeriods(view)) {
    let segment = touched?.has(period) === false ? known.get(period) : undefined
    if (segment === undefined) {
      const built = await buildSearchSegment(view, period, pause)
      await put(built.files)
      ;({segment} = built)
      read += segment.posts
    }
    segments.push([period, segment])
  }
  const isSame = JSON.stringify(segments) === index.segments && files.get(entryName) === 'live'
  if (segments.length > 0 && !isSame) {
    files.delete(entryName)
    await put([searchEntry(segments.map(([, segment]) => segment))])
  }
  const now = clock.now()
  const isUntidy = staleFiles(files, segments).length > 0
  await settleSearchIndex(ledger.db, claim, {
    revision,
    version: indexVersion,
    segments: JSON.stringify(segments),
    tidy_at: isUntidy ? now + publisher.options.searchGraceMs : null,
  })
  log.info(
    {event: 'search.built', site, revision, posts: read, tookMs: now - startedAt},
    `the search index of ${site} is at revision ${revision}: ${read} posts read in ${now - startedAt} ms`,
  )
}

/** What is to be kept of the index that there is; without `touched` nothing is. */
async function whatIsKnown(
  {deps}: Publisher,
  {index, revision}: SearchWork,
  view: SiteView,
): Promise<{known: Map<string, SearchSegment>; touched: Set<string> | undefined}> {
  const {db} = deps.ledger
  if (index.revision === 0 || index.revision > revision || index.version !== indexVersion)
    return {known: new Map(), touched: undefined}
  const before = await openSiteView(db, index.site, index.revision)
  const changes = await changesBetween(db, index.site, index.revision, revision)
  return {
    known: new Map(JSON.parse(index.segments) as Segments),
    touched: await touchedPeriods(before, view, changes),
  }
}

/** Puts what is not surely there: noted as in doubt, put, confirmed. `files` follows. */
async function putFiles(
  {deps, options, paceOf}: Publisher,
  claim: SearchClaim,
  wanted: SearchFile[],
  files: Map<string, string>,
): Promise<void> {
  const {ledger, objects} = deps
  const missing = wanted.filter(({name}) => files.get(name) !== 'live')
  const names = missing.map(({name}) => name)
  if (missing.length === 0) return
  await ledger.transaction(async (db) => {
    await renew({deps, options}, claim, db)
    await doubtSearchFiles(db, claim.site, names)
  })
  for (const file of missing) {
    const {key, body, headers} = searchFile(file)
    await paceOf(claim.site).run(async () => {
      await renew({deps, options}, claim)
      return objects.put(objectKey(claim.site, key), body, headers, {signal: AbortSignal.timeout(options.callMs)})
    })
    files.set(file.name, 'live')
  }
  await ledger.transaction(async (db) => {
    await renew({deps, options}, claim, db)
    await confirmSearchFiles(db, claim.site, names)
  })
}

/** Removes what the index no longer names. */
async function tidyIndex(publisher: Publisher, claim: SearchClaim, {index}: SearchWork): Promise<void> {
  const {deps, options} = publisher
  const {ledger, objects} = deps
  const {site} = claim
  const stale = staleFiles(await searchFilesOf(ledger.db, site), JSON.parse(index.segments) as Segments)
  await ledger.transaction(async (db) => {
    await renew(publisher, claim, db)
    await doubtSearchFiles(db, site, stale)
  })
  for (let start = 0; start < stale.length; start += filesPerDelete) {
    const names = stale.slice(start, start + filesPerDelete)
    const keys = names.map((name) => objectKey(site, searchFile({name, body: ''}).key))
    await renew(publisher, claim)
    await objects.delete(keys, {signal: AbortSignal.timeout(options.callMs)})
    await ledger.transaction(async (db) => {
      await renew(publisher, claim, db)
      await dropSearchFiles(db, site, names)
    })
  }
  await settleSearchIndex(ledger.db, claim, {tidy_at: null})
}

function staleFiles(files: Map<string, string>, segments: Segments): string[] {
  const named = new Set(segments.flatMap(([, {terms, files}]) => [...terms, ...files]))
  if (segments.length > 0) named.add(entryName)
  return [...files.keys()].filter((name) => !named.has(name))
}

/** A call to the objects ends before the lease does. */
async function renew(
  {deps, options}: Pick<Publisher, 'deps' | 'options'>,
  claim: SearchClaim,
  db: Db = deps.ledger.db,
): Promise<void> {
  await renewSearchClaim(db, claim, deps.clock.now() + options.takeOverMs)
}
