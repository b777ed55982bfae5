import {
  effectCursor,
  lastLiveRelease,
  manifestAt,
  moveEffectCursor,
  openSiteView,
  writeEffects,
  type Db,
  type NewEffect,
  type ReleasesTable,
} from '@broadside/ledger'
import {createUrls, keyOf} from '@broadside/site'
import type {Notifier} from './notifier.ts'

const fact = 'release'

/**
 * Writes down what a site's newest live release is to be told of, once: a ping of the hub for each feed whose bytes
 * differ from what the release before had. Feeds of releases that nobody told of, and of those that broke off, count
 * with it. True when there was something new.
 */
export async function learnReleases({deps}: Notifier, site: string): Promise<boolean> {
  const {ledger, clock} = deps
  const live = await lastLiveRelease(ledger.db, site)
  if (live === undefined) return false
  const from = await effectCursor(ledger.db, site, fact)
  // Whoever starts notifier later does not tell of the past.
  const seen = from ?? live.number - 1
  if (live.number <= seen) return false
  const pings = await pingsOf(ledger.db, live, seen)
  return ledger.transaction(async (db) => {
    if (!(await moveEffectCursor(db, {site, fact, from, seen: live.number}))) return false
    await writeEffects(db, pings, clock.now())
    return true
  })
}

async function pingsOf(db: Db, live: ReleasesTable, seen: number): Promise<NewEffect[]> {
  const {site, number, revision} = live
  const {settings, site: about} = await openSiteView(db, site, revision)
  const {hub} = settings.feeds
  if (hub === undefined) return []
  const rows = await db
    .selectFrom('release_outputs')
    .select('address')
    .distinct()
    .where('site', '=', site)
    .where('release', '>', seen)
    .where('release', '<=', number)
    .where('kind', '=', 'feed')
    .where('state', '=', 'put')
    .orderBy('address')
    .execute()
  const there = await manifestAt(
    db,
    site,
    rows.map(({address}) => keyOf(address)),
  )
  const urls = createUrls(about.siteUrl)
  return rows
    .filter(({address}) => there.get(keyOf(address))?.state === 'live')
    .map(({address}) => ({
      site,
      kind: 'websub',
      target: hub,
      subject: urls.absolute(address),
      version: number,
      revision,
      payload: '{}',
    }))
}
