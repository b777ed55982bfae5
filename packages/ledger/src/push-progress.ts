import {sql} from 'kysely'
import {deliveryCounts, type DeliveryState} from './deliveries.ts'
import type {EditionRow} from './editions.ts'
import {effectsOfPush, type EffectRow} from './effects.ts'
import {openHolds} from './holds.ts'
import type {Db} from './open-ledger.ts'
import {pinOf} from './shown-revision.ts'
import {describeProgress, releaseProgress} from './release-progress.ts'
import type {DiagnosticsTable, ReleasesTable, RevisionsTable} from './tables.ts'

/** How far a push is. `held`: it waits for somebody to approve it. `failed`: its release cannot go on as it is; a newer push, or a cure of the cause, helps. */
export type PushStage = 'accepted' | 'rendered' | 'held' | 'live' | 'mailed' | 'failed'

export type PushPost = {id: string; change: string; path: string; title: string; address: string; status: string}

export type PushEdition = EditionRow & {title: string; counts: Record<DeliveryState, number>}

export type PushProgress = {
  revision: RevisionsTable
  stage: PushStage
  /** What it waits for or fails at, where that is known. */
  why: string | undefined
  /** Its posts and pages by what became of rendering them; those that were rendered before are `done` as well. */
  renders: {done: number; failed: number; pending: number}
  /** The release that made it live, else the newest that carries it. */
  release: ReleasesTable | undefined
  /** Editions of the posts that became live with it. */
  editions: PushEdition[]
  /** Who outside is told of it, or of the release that made it live. */
  effects: EffectRow[]
  /** What its author should look at; a link that leads nowhere is found after the push was answered. */
  warnings: {count: number; first: DiagnosticsTable | undefined}
}

/** Tells how far revisions are, from what the ledger has of rendering, release and editions. */
export async function pushProgress(db: Db, revision: RevisionsTable): Promise<PushProgress> {
  const release = await releaseOf(db, revision)
  const editions = await editionsOf(db, revision)
  const {site, number} = revision
  const effects = await effectsOfPush(db, {site, revision: number, release: release?.number})
  const warnings = await warningsOf(db, revision)
  const renders = await rendersOf(db, revision)
  const judged = await judge(db, revision, release, editions, renders)
  return {revision, release, editions, effects, warnings, renders, ...judged}
}

async function warningsOf(db: Db, {site, number}: RevisionsTable): Promise<PushProgress['warnings']> {
  const found = db
    .selectFrom('diagnostics')
    .where('site', '=', site)
    .where('revision', '=', number)
    .where('severity', '=', 'warning')
  const {count} = await found.select((e) => e.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const first = await found.selectAll().orderBy('file').orderBy('line').limit(1).executeTakeFirst()
  return {count: Number(count), first}
}

/** Revisions of a site (or of all), newest first. */
export async function listRevisions(
  db: Db,
  {site, limit = 10}: {site?: string | undefined; limit?: number} = {},
): Promise<RevisionsTable[]> {
  let query = db.selectFrom('revisions').selectAll()
  if (site !== undefined) query = query.where('site', '=', site)
  return query.orderBy('accepted_at', 'desc').orderBy('number', 'desc').limit(limit).execute()
}

/** Posts that a revision changed, with what it did to each: `published`, `updated`, `removed`, `broken`, `draft`, … */
export async function postsOfRevision(db: Db, site: string, revision: number, limit = 200): Promise<PushPost[]> {
  const rows = await db
    .selectFrom('changes')
    .select(['subject', 'change'])
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where('kind', '=', 'post')
    .orderBy('change')
    .orderBy('subject')
    .limit(limit)
    .execute()
  const posts: PushPost[] = []
  for (const {subject, change} of rows) {
    const version = await db
      .selectFrom('post_versions')
      .select(['path', 'address', 'meta', 'status'])
      .where('site', '=', site)
      .where('id', '=', subject)
      .where('from_revision', '<=', revision)
      .orderBy('from_revision', 'desc')
      .executeTakeFirst()
    if (version === undefined) continue
    const {title} = JSON.parse(version.meta) as {title: string}
    posts.push({id: subject, change, path: version.path, title, address: version.address, status: version.status})
  }
  return posts
}

/** What the author should know of a revision, errors first, by place. */
export async function diagnosticsOf(db: Db, site: string, revision: number, limit = 200): Promise<DiagnosticsTable[]> {
  return db
    .selectFrom('diagnostics')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '=', revision)
    .orderBy('severity')
    .orderBy('file')
    .orderBy('line')
    .limit(limit)
    .execute()
}

async function releaseOf(db: Db, {site, number, shows}: RevisionsTable): Promise<ReleasesTable | undefined> {
  // A rollback carries what was pushed before the revision that it shows, and nothing that came after that.
  const carried = typeof shows === 'number' ? sql<number>`revision` : sql<number>`coalesce(shows, revision)`
  const carrying = db.selectFrom('releases').selectAll().where('site', '=', site).where(carried, '>=', number)
  const live = await carrying.where('live_at', 'is not', null).orderBy('number').executeTakeFirst()
  return live ?? carrying.orderBy('number', 'desc').executeTakeFirst()
}

async function editionsOf(db: Db, {site, number}: RevisionsTable): Promise<PushEdition[]> {
  const rows = await db
    .selectFrom('editions as e')
    .innerJoin('posts as m', (join) => join.onRef('m.site', '=', 'e.site').onRef('m.id', '=', 'e.post'))
    .selectAll('e')
    .where('e.site', '=', site)
    .where('m.first_live_revision', '=', number)
    .orderBy('e.created_at')
    .orderBy('e.id')
    .execute()
  return Promise.all(rows.map((row) => withCounts(db, row as EditionRow)))
}

/** An edition with the title of its post and what became of its deliveries. */
export async function withCounts(db: Db, edition: EditionRow): Promise<PushEdition> {
  const version = await db
    .selectFrom('post_versions')
    .select('meta')
    .where('site', '=', edition.site)
    .where('id', '=', edition.post)
    .orderBy('from_revision', 'desc')
    .executeTakeFirst()
  const title = version === undefined ? edition.subject : (JSON.parse(version.meta) as {title: string}).title
  return {...edition, title, counts: await deliveryCounts(db, edition.id)}
}

async function judge(
  db: Db,
  revision: RevisionsTable,
  release: ReleasesTable | undefined,
  editions: PushEdition[],
  {pending: waiting}: PushProgress['renders'],
): Promise<Pick<PushProgress, 'stage' | 'why'>> {
  if (revision.state === 'accepted') {
    return {stage: 'accepted', why: waiting === 0 ? undefined : `${waiting} of its documents wait for renderer`}
  }
  const pin = await pinOf(db, revision.site)
  if (pin !== undefined && typeof revision.shows !== 'number' && revision.number > pin.shows) {
    const why = `not released: the site is rolled back to revision ${pin.shows}, until broadside unpin`
    return {stage: 'rendered', why}
  }
  if (release === undefined) {
    const hold = (await openHolds(db, revision.site)).find((held) => held.revision === revision.number)
    if (hold !== undefined) return {stage: 'held', why: `${hold.reason}; broadside approve ${revision.site}`}
    return {stage: 'rendered', why: 'waits for publisher'}
  }
  if (release.live_at === null) {
    if (release.trouble !== null) return {stage: 'failed', why: release.trouble}
    const why =
      release.state === 'putting'
        ? describeProgress(release, await releaseProgress(db, release))
        : `release ${release.number} is ${release.state}`
    return {stage: 'rendered', why}
  }
  const open = editions.find(({state}) => state !== 'complete' && state !== 'cancelled')
  if (open !== undefined) {
    return {stage: 'live', why: `its mail is ${open.state}${open.reason === null ? '' : `: ${open.reason}`}`}
  }
  return {stage: editions.some(({state}) => state === 'complete') ? 'mailed' : 'live', why: undefined}
}

async function rendersOf(db: Db, {site, number}: RevisionsTable): Promise<PushProgress['renders']> {
  const rows = await db
    .selectFrom('renders')
    .select(['state', (e) => e.fn.countAll<number>().as('count')])
    .where('site', '=', site)
    .where('revision', '=', number)
    .groupBy('state')
    .execute()
  const counts = new Map(rows.map(({state, count}) => [state, Number(count)]))
  const [pending, failed] = [counts.get('pending') ?? 0, counts.get('failed') ?? 0]
  return {pending, failed, done: [...counts.values()].reduce((sum, count) => sum + count, 0) - pending - failed}
}
