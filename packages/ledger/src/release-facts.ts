import {BroadsideError} from '@broadside/runtime'
import {deliveryCounts, type DeliveryState} from './deliveries.ts'
import type {Db} from './open-ledger.ts'
import {lastLiveRelease} from './releases.ts'
import {findSite} from './sites.ts'

type Output = {path: string; sha256: string}

/** What a live release was: what it showed, what it put where, how that was proven, and what was mailed with it. */
export type ReleaseFacts = {
  site: string
  siteUrl: string
  release: number
  revision: number
  /** The older revision that a rollback shows. */
  shows?: number
  commit: string
  cause: string
  acceptedAt: string
  liveAt: string
  /** At which level it was read back before it counted as live. */
  proof: string
  /** Whether a CDN was told of all of it; `none` where there is none. */
  purge: string
  /** What it put, by path. What is not named was there before, byte for byte. */
  outputs: Output[]
  /** Of these the feeds. */
  feeds: Output[]
  unchanged: number
  removed: string[]
  /** Mailings that it announced: how many people there are in each state, and no addresses. */
  editions: {id: string; state: string; audience: number | null; deliveries: Record<DeliveryState, number>}[]
}

/**
 * The facts of a release that went live, the newest unless one is named.
 * @throws BroadsideError `site.unknown`, `release.not-live`, `release.unfinished` while it is still taking away, and
 * `release.collected` (invalid).
 */
export async function releaseFacts(db: Db, site: string, number?: number): Promise<ReleaseFacts> {
  const {site_url: siteUrl} = await findSite(db, site)
  const wanted = number ?? (await lastLiveRelease(db, site))?.number
  const row = await db
    .selectFrom('releases as l')
    .innerJoin('revisions as r', (join) => join.onRef('r.site', '=', 'l.site').onRef('r.number', '=', 'l.revision'))
    .selectAll('l')
    .select(['r.commit_id', 'r.cause', 'r.accepted_at'])
    .where('l.site', '=', site)
    .where('l.number', '=', wanted ?? 0)
    .executeTakeFirst()
  if (row === undefined || row.live_at === null) {
    throw new BroadsideError('invalid', 'release.not-live', `${wanted ?? 'no release'} of ${site} was not live yet`, {
      hint: 'broadside releases shows those that were',
    })
  }
  if (row.state === 'removing' || row.state === 'clearing') {
    throw new BroadsideError(
      'invalid',
      'release.unfinished',
      `release ${row.number} of ${site} is live and still takes away what it left out`,
      {hint: 'Ask again in a moment, or name the release before it'},
    )
  }
  const planned = await db
    .selectFrom('release_outputs')
    .select(['address', 'kind', 'state', 'hash'])
    .where('site', '=', site)
    .where('release', '=', row.number)
    .where('state', 'in', ['put', 'removed'])
    .orderBy('address')
    .execute()
  const puts = planned.filter(({state}) => state === 'put')
  const removed = planned.filter(({state}) => state === 'removed').map(({address}) => address)
  const outputs = puts.flatMap(({address, kind, hash}) =>
    typeof hash === 'string' ? [{kind, path: address, sha256: hash}] : [],
  )
  // What is signed was measured: a release is whole in the ledger, with the hash of each output, or is not told at all.
  if (outputs.length < Math.max(puts.length, row.uploaded) || (removed.length === 0 && row.removed > 0)) {
    throw new BroadsideError(
      'invalid',
      'release.collected',
      `what release ${row.number} of ${site} put and removed is not known whole`,
      {
        hint: 'Ask for the receipts that you want to keep while their releases are among the last ones',
      },
    )
  }
  const toOutput = ({path, sha256}: Output): Output => ({path, sha256})
  return {
    site,
    siteUrl,
    release: row.number,
    revision: row.revision,
    ...(typeof row.shows === 'number' ? {shows: row.shows} : {}),
    commit: row.commit_id,
    cause: row.cause,
    acceptedAt: new Date(row.accepted_at).toISOString(),
    liveAt: new Date(row.live_at).toISOString(),
    proof: row.proof ?? 'unproven',
    purge: row.purge ?? 'none',
    outputs: outputs.map(toOutput),
    feeds: outputs.filter(({kind}) => kind === 'feed').map(toOutput),
    unchanged: row.unchanged,
    removed,
    editions: await editionsOf(db, site, row.number),
  }
}

async function editionsOf(db: Db, site: string, release: number): Promise<ReleaseFacts['editions']> {
  const rows = await db
    .selectFrom('editions')
    .select(['id', 'state', 'audience'])
    .where('site', '=', site)
    .where('release', '=', release)
    .orderBy('id')
    .execute()
  return Promise.all(rows.map(async (row) => ({...row, deliveries: await deliveryCounts(db, row.id)})))
}
