import {
  addressesInDoubt,
  addressesPlannedAfter,
  changesBetween,
  keptUpTo,
  lastLiveRelease,
  manifestAt,
  manifestEntries,
  moveRelease,
  openSiteView,
  planOutputs,
  type Db,
  type ReleaseOutputsTable,
  type ReleasesTable,
} from '@broadside/ledger'
import {
  affectedOutputs,
  allOutputs,
  contentAt,
  goneAt,
  keepNearbyPosts,
  keyOf,
  specOf,
  waveOf,
  type OutputHeaders,
  type OutputSpec,
  type SiteView,
} from '@broadside/site'
import {giveBackMemory, growSlowly} from '@broadside/runtime'
import {lastWave, objectKey, partOf, type Publisher} from './publisher.ts'

const chunk = 500

/** A plan of so many makes a heap that the puts after it do not need. */
const manyOutputs = 20_000
const veryManyOutputs = 50_000

/**
 * Writes down what a release may have to put, in waves and parts: what the changes since the live release touch, what
 * is in doubt, what releases that could not go on have left, and assets that were kept for long enough. A repeat after a crash plans the same again and keeps
 * the rows that are there.
 */
export async function planRelease(publisher: Publisher, release: ReleasesTable): Promise<void> {
  const {ledger, clock} = publisher.deps
  const live = await lastLiveRelease(ledger.db, release.site)
  const parts = createParts()
  let waiting: OutputSpec[] = []
  const after = keepNearbyPosts(await openSiteView(ledger.db, release.site, release.revision))
  const before =
    live === undefined ? undefined : keepNearbyPosts(await openSiteView(ledger.db, release.site, live.revision))
  let planned = 0
  const flush = async () => {
    const rows = await toRows(publisher, release, waiting, {parts, before, after})
    planned += rows.length
    if (planned > veryManyOutputs) growSlowly()
    waiting = []
    await ledger.transaction((db) => planOutputs(db, rows))
  }
  const {keptReleases} = publisher.options
  for await (const spec of outputsToBuild(ledger.db, release, {live, before, after, keptReleases})) {
    waiting.push(spec)
    if (waiting.length >= chunk) await flush()
  }
  await flush()
  await moveRelease(ledger.db, release, 'planning', {state: 'putting', wave: 1, planned, progress_at: clock.now()})
  if (planned > manyOutputs) await giveBackMemory()
}

/** What readers see now, unless it is nothing, and what they will see. */
type Views = {before: SiteView | undefined; after: SiteView}

async function* outputsToBuild(
  db: Db,
  release: ReleasesTable,
  {live, before, after, keptReleases}: Views & {live: ReleasesTable | undefined; keptReleases: number},
): AsyncGenerator<OutputSpec> {
  const {site, revision, number} = release
  const keptForLong = await keptUpTo(db, site, number - keptReleases)
  const left = [
    ...(await addressesInDoubt(db, site)),
    ...(await addressesPlannedAfter(db, site, live?.number ?? 0)),
    ...keptForLong.map(({address}) => address),
  ]
  if (live === undefined || before === undefined) {
    yield* allOutputs(after)
    for await (const {address} of manifestEntries(db, site)) yield specOf(address)
  } else {
    const changes = await changesBetween(db, site, live.revision, revision)
    yield* await affectedOutputs({before, after, changes})
  }
  for (const address of left) yield specOf(address)
}

type Parts = {next: (wave: number) => number}

function createParts(): Parts {
  const counts = new Map<number, number>()
  return {
    next(wave) {
      const count = counts.get(wave) ?? 0
      counts.set(wave, count + 1)
      return partOf(count)
    },
  }
}

async function toRows(
  publisher: Publisher,
  release: ReleasesTable,
  specs: OutputSpec[],
  {parts, before, after}: Views & {parts: Parts},
): Promise<ReleaseOutputsTable[]> {
  const {site, number} = release
  const there = await keysThere(
    publisher,
    site,
    specs.map(({address}) => keyOf(address)),
  )
  const rows: ReleaseOutputsTable[] = []
  const seen = new Set<string>()
  for (const spec of specs) {
    const {address, kind} = spec
    if (seen.has(address)) continue
    seen.add(address)
    const isThere = there.has(keyOf(address))
    const leaves = isThere && kind === 'content' && (await goneAt(after, address)) !== undefined
    const wave = leaves ? await waveOfLeaving(before, address) : waveOf(spec, !isThere)
    rows.push({site, release: number, wave, part: parts.next(wave), address, kind, state: 'planned'})
  }
  return rows
}

/** What leaves is the last, save for pages that led on to it: they must be gone before it. */
async function waveOfLeaving(before: SiteView | undefined, address: string): Promise<number> {
  const was = before === undefined ? undefined : await contentAt(before, address)
  return was?.kind === 'redirect' ? lastWave - 1 : lastWave
}

/**
 * The keys at which readers find something now; a page that says that something is gone is nothing to lead to. Of a key in doubt the ledger cannot tell: a release that broke off may
 * never have put it, and pages that lead to it must not go out beside it; so the objects are asked.
 */
async function keysThere({deps, options}: Publisher, site: string, keys: string[]): Promise<Set<string>> {
  const there = new Set<string>()
  for (const {key, state, headers} of (await manifestAt(deps.ledger.db, site, keys)).values()) {
    const found =
      state === 'live'
        ? {headers: JSON.parse(headers) as OutputHeaders}
        : await deps.objects.head(objectKey(site, key), {signal: AbortSignal.timeout(options.callMs)})
    if (found !== undefined && found.headers.status !== 410) there.add(key)
  }
  return there
}
