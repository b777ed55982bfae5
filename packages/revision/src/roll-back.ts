import {createEvent} from '@broadside/contracts'
import {
  appendEvents,
  checkWhole,
  findSiteOrPreview,
  holdsAt,
  pinOf,
  type Db,
  type Ledger,
  type RevisionsTable,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {RevisionSummary} from './revision-summary.ts'

export type RollBackOptions = {
  ledger: Ledger
  site: string
  /** The revision that readers are to have again. */
  to: number
  now: number
  /** Who relays the events that are written. */
  source: string
}

/** `revision` is the new one, which shows what `shows` was. `paused`: editions whose mail waits since. */
export type RolledBack = {revision: number; shows: number; commit: string; paused: number}

const nothingChanged: RevisionSummary = {
  counts: {published: 0, updated: 0, removed: 0, broken: 0},
  drafts: 0,
  scheduled: [],
  problems: [],
  mail: undefined,
}

/**
 * Takes a site back: a revision of cause `rollback` that shows an older one, and a pin that keeps the site there until
 * `unpinSite`. Versions and memory stay as the branch left them, so that pushes are accepted meanwhile, ids and dates
 * of posts are never in question, and going on is nothing but another release. Unsent mail of posts that the older
 * revision has not is paused in the same transaction, before their pages go. A repeat finds it done.
 *
 * @throws BroadsideError `revision.unknown`, `revision.collected`, `rollback.not-rendered`, `rollback.of-rollback`
 * (invalid).
 */
export async function rollBack({ledger, site, to, now, source}: RollBackOptions): Promise<RolledBack> {
  return ledger.transaction(async (db) => {
    const target = await findTarget(db, site, to)
    const pin = await pinOf(db, site)
    if (pin?.shows === to) return {...pin, commit: target.commit_id, paused: 0}
    const newest = await db
      .selectFrom('revisions')
      .select((e) => e.fn.max('number').as('number'))
      .where('site', '=', site)
      .executeTakeFirst()
    const revision = Number(newest?.number ?? 0) + 1
    const row: RevisionsTable = {
      ...target,
      number: revision,
      shows: to,
      cause: 'rollback',
      summary: JSON.stringify(nothingChanged),
      accepted_at: now,
      rendered_at: now,
    }
    await db.insertInto('revisions').values(row).execute()
    await db.updateTable('sites').set({pinned: revision}).where('name', '=', site).execute()
    const paused = await pauseEditions(db, site, to)
    const commit = target.commit_id
    const accepted = {site, revision, commit, cause: 'rollback', posts: nothingChanged.counts} as const
    const untouched = {pages: [], assets: [], settings: false, theme: false, redirects: false}
    await appendEvents(
      db,
      source,
      [
        createEvent('revision.accepted', {...accepted, ...untouched}, now),
        createEvent('revision.rendered', {site, revision}, now),
      ],
      now,
    )
    return {revision, shows: to, commit, paused}
  })
}

/** Lets the newest revision of the branch be released again; false when the site was not held. */
export async function unpinSite(db: Db, site: string): Promise<boolean> {
  const result = await db
    .updateTable('sites')
    .set({pinned: null})
    .where('name', '=', site)
    .where('pinned', 'is not', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

async function findTarget(db: Db, site: string, number: number): Promise<RevisionsTable> {
  const row = await db
    .selectFrom('revisions')
    .selectAll()
    .where('site', '=', site)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row === undefined) {
    throw new BroadsideError('invalid', 'revision.unknown', `there is no revision ${number} of ${site}`, {
      hint: 'broadside releases shows those that went live',
    })
  }
  if (typeof row.shows === 'number') {
    throw new BroadsideError('invalid', 'rollback.of-rollback', `revision ${number} shows revision ${row.shows}`, {
      hint: `Name r${row.shows}`,
    })
  }
  checkWhole(await findSiteOrPreview(db, site), number)
  if (row.state === 'rendered') return row
  throw new BroadsideError('invalid', 'rollback.not-rendered', `revision ${number} of ${site} is not rendered yet`, {
    hint: 'Name one that was live: broadside releases shows them',
  })
}

/** A mail that has not left would lead to a page that is about to go. */
async function pauseEditions(db: Db, site: string, shows: number): Promise<number> {
  const result = await db
    .updateTable('editions')
    .set({state: 'paused', reason: 'rolled-back'})
    .where('site', '=', site)
    .where('state', 'in', ['freezing', 'sending'])
    .where('post', 'not in', (from) =>
      from
        .selectFrom('post_versions as p')
        .select('p.id')
        .where('p.site', '=', site)
        .where('p.status', '=', 'live')
        .where(holdsAt('p', shows)),
    )
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
