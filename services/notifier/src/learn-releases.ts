import {
  effectCursor,
  forgetPushAuthors,
  lastLiveRelease,
  manifestAt,
  moveEffectCursor,
  openSiteView,
  shownBy,
  writeEffects,
  type Db,
  type NewEffect,
  type ReleasesTable,
} from '@broadside/ledger'
import {createUrls, keyOf} from '@broadside/site'
import type {Notifier} from './notifier.ts'
import type {ToldSite} from './sites-told-of.ts'
import {tellOfPushes, writePushNews} from './tell-of-pushes.ts'

const fact = 'release'

/**
 * Writes down, once, who is to be told of a site's newest live release: the hub, of each feed whose bytes differ from
 * what the release before had, and the forge, of each commit that is live now. Feeds of releases that nobody told of,
 * and of those that broke off, count with it. True when there was something new.
 */
export async function learnReleases({deps, options}: Notifier, {site, of}: ToldSite): Promise<boolean> {
  const {ledger, clock} = deps
  const live = await lastLiveRelease(ledger.db, site.name)
  if (live === undefined) return false
  const from = await effectCursor(ledger.db, site.name, fact)
  // Whoever starts notifier later does not tell of the past.
  const seen = from ?? live.number - 1
  if (live.number <= seen) return false
  // Nobody subscribes to a preview.
  const pings = site.preview_of === null ? await pingsOf(ledger.db, live, seen) : []
  const news = await tellOfPushes(ledger.db, {
    site,
    forge: options.forgeOf(of),
    consoleUrl: options.consoleUrl,
    step: 'live',
    after: await revisionLiveBefore(ledger.db, site.name, seen),
    upTo: shownBy(live),
    live: {revision: shownBy(live), isProven: live.proof !== 'unproven'},
  })
  return ledger.transaction(async (db) => {
    if (!(await moveEffectCursor(db, {site: site.name, fact, from, seen: live.number}))) return false
    await writeEffects(db, pings, clock.now())
    await writePushNews(db, site.name, news, clock.now())
    await forgetPushAuthors(db, site.name, shownBy(live))
    return pings.length + news.statuses.length > 0
  })
}

async function revisionLiveBefore(db: Db, site: string, seen: number): Promise<number> {
  const before = await db
    .selectFrom('releases')
    .select(['revision', 'shows'])
    .where('site', '=', site)
    .where('number', '<=', seen)
    .where('live_at', 'is not', null)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  return before === undefined ? 0 : shownBy(before)
}

async function pingsOf(db: Db, live: ReleasesTable, seen: number): Promise<NewEffect[]> {
  const {site, number, revision} = live
  const {settings, site: about} = await openSiteView(db, site, revision)
  const {hubs = []} = settings.feeds
  if (hubs.length === 0) return []
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
  const topics = rows.filter(({address}) => there.get(keyOf(address))?.state === 'live')
  return hubs.flatMap((hub) =>
    topics.map(({address}) => ({
      site,
      kind: 'websub',
      target: hub,
      subject: urls.absolute(address),
      version: number,
      revision,
      payload: '{}',
    })),
  )
}
