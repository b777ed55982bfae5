import {effectCursor, lastLiveRelease, moveEffectCursor, shownBy} from '@broadside/ledger'
import type {Notifier} from './notifier.ts'
import type {ToldSite} from './sites-told-of.ts'
import {tellOfPushes, writePushNews} from './tell-of-pushes.ts'

const fact = 'revision'
/** A release heals by itself from much that lasts less than this, ms. */
const stuckAfterMs = 60_000

/** Writes down, once, that the commits of new revisions are under way, or failed. True when there was something new. */
export async function learnRevisions({deps, options}: Notifier, {site, of}: ToldSite): Promise<boolean> {
  const {ledger, clock} = deps
  const {db} = ledger
  const newest = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site.name)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  if (newest === undefined) return false
  const from = await effectCursor(db, site.name, fact)
  const seen = from ?? newest.number - 1
  if (newest.number <= seen) return false
  const told = {
    site,
    forge: options.forgeOf(of),
    consoleUrl: options.consoleUrl,
    step: 'accepted',
    after: seen,
    upTo: newest.number,
  } as const
  const news = await tellOfPushes(db, told)
  return ledger.transaction(async (tx) => {
    if (!(await moveEffectCursor(tx, {site: site.name, fact, from, seen: newest.number}))) return false
    await writePushNews(tx, site.name, news, clock.now())
    return news.statuses.length > 0
  })
}

/** Writes down, once, that the release of some commits fails at something and that this does not heal soon. */
export async function learnTrouble({deps, options}: Notifier, {site, of}: ToldSite): Promise<boolean> {
  const {ledger, clock} = deps
  const release = await ledger.db
    .selectFrom('releases')
    .select(['revision', 'shows', 'trouble'])
    .where('state', 'in', ['planning', 'putting', 'purging', 'proving'])
    .where('site', '=', site.name)
    .where('trouble', 'is not', null)
    .where('opened_at', '<', clock.now() - stuckAfterMs)
    .executeTakeFirst()
  if (release === undefined) return false
  const live = await lastLiveRelease(ledger.db, site.name)
  const news = await tellOfPushes(ledger.db, {
    site,
    forge: options.forgeOf(of),
    consoleUrl: options.consoleUrl,
    step: 'stuck',
    after: live === undefined ? 0 : shownBy(live),
    upTo: shownBy(release),
    trouble: release.trouble ?? undefined,
  })
  await ledger.transaction((tx) => writePushNews(tx, site.name, news, clock.now()))
  return news.statuses.length > 0
}
