import {purge} from '@broadside/cdn'
import {
  addressesToPurge,
  findSiteOrPreview,
  moveRelease,
  revisionToRelease,
  type ReleasesTable,
} from '@broadside/ledger'
import {BroadsideError, explain, kindOf} from '@broadside/runtime'
import {createUrls} from '@broadside/site'
import type {Publisher} from './publisher.ts'
import {recordKey} from './write-record.ts'

const retryMs = 1_000
/** Addresses that are read from the ledger; where a CDN takes more than that one by one, the rest is told as a whole. */
const mostAddresses = 10_000

/** Whether the site has a CDN that is to be told; a release of one that has none leaves these steps out. */
export async function hasCdn({options}: Publisher, site: string): Promise<boolean> {
  return (await options.cdnOf(site)) !== undefined
}

/**
 * Tells the CDN what has changed (`purging`, before the proof) or what was removed (`clearing`, the last step), and
 * moves the release on. What fails is tried again, after the pause that the CDN asks for; what is refused, or lasts
 * longer than `purgeMs`, is given up with an error in the log, and the next release tells it with its own. A repeat
 * tells the CDN twice, which is harmless.
 *
 * @returns true when the next step can follow at once.
 */
export async function purgeRelease(publisher: Publisher, release: ReleasesTable): Promise<boolean> {
  const {deps} = publisher
  const {ledger, clock, log} = deps
  const {site, number} = release
  try {
    const told = await tellCdn(publisher, release)
    log.debug({event: 'release.purged', site, release: number, ...told}, `the CDN knows of release ${number}`)
    const isAll = release.state === 'clearing' && release.purge !== 'failed'
    return await moveOn(publisher, release, isAll ? {purge: 'done'} : {})
  } catch (error) {
    const now = clock.now()
    const isOver = kindOf(error) === 'invalid' || now - (release.purging_at ?? now) >= publisher.options.purgeMs
    // The next release tells of this one's removals too, and is not kept waiting for them.
    const isAwaited = release.state === 'clearing' && (await revisionToRelease(ledger.db, site)) !== release.revision
    if (kindOf(error) === 'bug') throw error
    if (isOver || isAwaited) {
      const why = explain(error)
      log.error({event: 'release.unpurged', site, release: number, err: error}, `release ${number} of ${site}: ${why}`)
      return moveOn(publisher, release, {purge: 'failed'})
    }
    const attempt = release.attempt + 1
    const trouble = {attempt, trouble: explain(error), progress_at: now}
    if (await moveRelease(ledger.db, release, release.state as 'purging', trouble)) {
      const delayMs = (error instanceof BroadsideError ? error.retryAfterMs : undefined) ?? retryMs
      await deps.queue.add('release.advance', {site, release: number}, {attempt, delayMs})
    }
    return false
  }
}

async function tellCdn({deps, options}: Publisher, release: ReleasesTable) {
  const {site} = release
  const cdn = await options.cdnOf(site)
  if (cdn === undefined) return {urls: 0}
  const {db} = deps.ledger
  const limit = Math.min(cdn.budget, mostAddresses) + 1
  const addresses = await addressesToPurge(db, release, release.state === 'clearing' ? 'removed' : 'changed', limit)
  const {site_url: siteUrl} = await findSiteOrPreview(db, site)
  const urls = createUrls(siteUrl)
  if (release.state === 'clearing' && options.keepsRecord(site)) addresses.push(`/${recordKey}`)
  const wanted = {siteUrl, urls: addresses.map((address) => urls.absolute(address))}
  return purge(cdn, wanted, {signal: AbortSignal.timeout(options.purgeCallMs)})
}

async function moveOn({deps}: Publisher, release: ReleasesTable, set: Partial<ReleasesTable>): Promise<boolean> {
  const now = deps.clock.now()
  const {db} = deps.ledger
  const moved = {...set, trouble: null, progress_at: now}
  if (release.state === 'purging') {
    await moveRelease(db, release, 'purging', {...moved, state: 'proving', proving_at: now})
    return true
  }
  await moveRelease(db, release, 'clearing', {...moved, state: 'done', done_at: now})
  return false
}
