import {
  collectVersions,
  forgetImages,
  forgetLoose,
  isRemoved,
  keptUpTo,
  lastLiveRelease,
  looseBefore,
  madeImages,
  markInDoubt,
  namedBinaries,
  newestOfBranch,
  noteLoose,
  outputHashes,
} from '@broadside/ledger'
import {binaryKey} from './binaries.ts'
import type {Publisher} from './publisher.ts'
import {refillFromGit} from './refill-from-git.ts'

/** What of a site was collected, or would be. `waiting`: files that nothing names and that go when that lasts. */
export type CollectedSite = {assets: number; binaries: number; waiting: number; versions: number; outputs: number}

export type CollectOptions = {
  site: string
  /** Counts, and changes nothing. */
  isDry: boolean
  /** Assets of earlier releases too that would stay for their readers. */
  withAssets?: boolean
}

const atOnce = 500

/**
 * Collects what nobody needs of a site any more: assets that earlier releases have left behind, versions of the ledger
 * that no view asks for, and files below `private/` that nothing has named for a while. Assets are put in doubt, so that
 * a release removes them, under its fence, and puts those again that it needs after all; nothing is ever removed that the
 * manifest or the ledger did not name as ours. A repeat does nothing, and any number may run at once.
 */
export async function collectSite(publisher: Publisher, options: CollectOptions): Promise<CollectedSite> {
  const {ledger} = publisher.deps
  const {site, isDry} = options
  const assets = await collectAssets(publisher, options)
  const {keptReleases} = publisher.options
  const history = await collectVersions(ledger, {site, keptReleases, isDry})
  const binaries = await collectBinaries(publisher, options)
  return {assets, ...binaries, ...history}
}

async function collectAssets({deps, options}: Publisher, {site, isDry, withAssets}: CollectOptions): Promise<number> {
  const {db} = deps.ledger
  const live = await lastLiveRelease(db, site)
  if (live === undefined) return 0
  const kept = await keptUpTo(db, site, withAssets === true ? live.number : live.number - options.keptReleases)
  const rows = kept.map(({state: _state, ...row}) => row)
  if (!isDry && rows.length > 0) await deps.ledger.transaction((tx) => markInDoubt(tx, rows))
  return rows.length
}

async function collectBinaries(
  publisher: Publisher,
  {site, isDry}: CollectOptions,
): Promise<{binaries: number; waiting: number}> {
  const {deps, options} = publisher
  const {db} = deps.ledger
  const now = deps.clock.now()
  const loose = await looseNow(publisher, site)
  if (!isDry) await noteLoose(db, site, loose, now)
  const due = (await looseBefore(db, site, now - options.looseMs)).filter((hash) => loose.has(hash))
  if (!isDry) {
    for (let start = 0; start < due.length; start += atOnce)
      await removeLoose(publisher, site, due.slice(start, start + atOnce))
  }
  return {binaries: due.length, waiting: loose.size - due.length}
}

/** Files of the site that neither a version names, nor an output is a copy of. A preview that is over names nothing. */
async function looseNow({deps}: Publisher, site: string): Promise<Set<string>> {
  const {db} = deps.ledger
  const isOver = await isRemoved(db, site)
  const shown = isOver ? new Set<string>() : await outputHashes(db, site)
  const prefix = binaryKey(site, '')
  const loose = new Set<string>()
  let hashes: string[] = []
  const look = async () => {
    const named = isOver ? new Set<string>() : await namedBinaries(db, site, hashes)
    for (const hash of hashes) if (!named.has(hash)) loose.add(hash)
    hashes = []
  }
  for await (const {key} of deps.objects.list(prefix)) {
    const hash = key.slice(prefix.length)
    // What is no hash was not put by us.
    if (!/^[0-9a-f]{64}$/.test(hash) || shown.has(hash)) continue
    hashes.push(hash)
    if (hashes.length >= atOnce) await look()
  }
  await look()
  return loose
}

/**
 * The moment between the last look and the removal is short, and a push that brings such a file back in it is noticed:
 * here, or by the release that lacks it. Then intake, which has the repository, puts it again.
 */
async function removeLoose(publisher: Publisher, site: string, hashes: string[]): Promise<void> {
  const {deps, options} = publisher
  const {ledger, objects} = deps
  const isOver = await isRemoved(ledger.db, site)
  const named = isOver ? new Set<string>() : await namedBinaries(ledger.db, site, hashes)
  const gone = hashes.filter((hash) => !named.has(hash))
  await ledger.transaction(async (db) => {
    const made = await madeImages(db, site)
    await forgetImages(
      db,
      site,
      made.filter(({hash}) => gone.includes(hash)),
    )
  })
  await objects.delete(
    gone.map((hash) => binaryKey(site, hash)),
    {signal: AbortSignal.timeout(options.callMs + gone.length * 10)},
  )
  await ledger.transaction((db) => forgetLoose(db, site, hashes))
  const newest = await newestOfBranch(ledger.db, site)
  if (isOver || newest === undefined || (await namedBinaries(ledger.db, site, gone)).size === 0) return
  await refillFromGit(publisher, site, newest.number)
}
