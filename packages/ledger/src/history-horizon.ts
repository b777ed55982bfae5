import type {Db} from './open-ledger.ts'
import {pinOf, shownBy} from './shown-revision.ts'

/** What of a site's history is needed: views from `revision` on, and what releases from `release` on have planned. */
type Horizon = {revision: number; release: number}

/**
 * How far back somebody may still look: readers, the search index and the check of links at what they are at, a rollback
 * at what the last `keptReleases` releases before the live one have shown, a CDN at what it was not told yet. Undefined
 * while nothing is live.
 */
export async function historyHorizon(db: Db, site: string, keptReleases: number): Promise<Horizon | undefined> {
  const live = await db
    .selectFrom('releases')
    .select(['number', 'revision', 'shows'])
    .where('site', '=', site)
    .where('live_at', 'is not', null)
    .orderBy('number', 'desc')
    .limit(keptReleases + 1)
    .execute()
  const oldest = live.at(-1)
  if (oldest === undefined) return undefined
  const looked = [...live.map(shownBy), ...(await revisionsInUse(db, site))]
  const told = await db
    .selectFrom('releases')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
    .where('purge', '=', 'done')
    .executeTakeFirst()
  const releases = [oldest.number, ...(told?.number == null ? [] : [Number(told.number) + 1])]
  return {revision: Math.min(...looked), release: Math.min(...releases)}
}

async function revisionsInUse(db: Db, site: string): Promise<number[]> {
  const underWay = await db
    .selectFrom('releases')
    .select(['revision', 'shows'])
    .where('site', '=', site)
    .where('state', 'not in', ['done', 'superseded'])
    .execute()
  const pin = await pinOf(db, site)
  const unchecked = await db.selectFrom('unchecked_links').select('revision').where('site', '=', site).execute()
  const indexed = await db
    .selectFrom('search_indexes as i')
    .innerJoin('revisions as r', (join) => join.onRef('r.site', '=', 'i.site').onRef('r.number', '=', 'i.revision'))
    .select(['r.number as revision', 'r.shows'])
    .where('i.site', '=', site)
    .executeTakeFirst()
  return [
    ...underWay.map(shownBy),
    ...(pin === undefined ? [] : [pin.shows]),
    // Links are checked against the revision before.
    ...unchecked.map(({revision}) => revision - 1),
    ...(indexed === undefined ? [] : [shownBy(indexed)]),
  ]
}
