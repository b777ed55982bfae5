import type {Bus} from '@broadside/bus'
import {formatPlace} from '@broadside/content'
import {consumerOf} from '@broadside/contracts'
import {stateIs, type Db, type Ledger} from '@broadside/ledger'
import type {RenderPool} from '@broadside/markdown/pool'
import {checkLinks, renderRevision, type RenderKey} from '@broadside/revision'
import {createLoop, type Clock, type Logger, type Service} from '@broadside/runtime'
import {stuckRevisions, type WaitingRevision} from './stuck-revisions.ts'

export type RendererDeps = {ledger: Ledger; bus: Bus; pool: RenderPool; clock: Clock; log: Logger}

const aFew = 64

export type RendererOptions = {
  /** How often revisions that nobody goes on with are looked for, ms; also how long one may wait for its events. */
  sweepMs: number
}

/**
 * Renderer: from events to fragments, and a revision is rendered when none of its documents waits any more. Posts come
 * by their own events, so that several renderers share a push; pages, scheduled posts and what nobody told of come with
 * `revision.accepted` and the sweep.
 */
export function createRenderer(deps: RendererDeps, {sweepMs}: RendererOptions = {sweepMs: 5_000}): Service {
  const {ledger, bus, pool, clock, log} = deps
  const rendering = {ledger, pool, source: 'renderer', now: clock.now}

  let isStopped = false
  /** Sites whose posts are rendered right now. */
  const busyWith = new Map<string, number>()

  async function render(key: RenderKey): Promise<void> {
    const startedAt = clock.now()
    const documents = await renderRevision(rendering, key)
    if (documents === 0) return
    const {site, revision} = key
    const told = {event: 'revision.documents.rendered', site, revision, documents, tookMs: clock.now() - startedAt}
    log.debug(told, `${documents} documents of revision ${revision}`)
  }

  /** A few posts whose events wait behind the flood of another site; they are rendered without them. */
  async function isHeldUp({site, revision}: {site: string; revision: number}): Promise<boolean> {
    if ([...busyWith.keys()].every((busy) => busy === site)) return false
    return (await countPending(ledger.db, {site, revision})) <= aFew
  }

  // Pages do not wait for this: a broken link is left out of them anyway, and its author learns of it here.
  const links = createLoop({
    name: 'renderer.links',
    everyMs: sweepMs,
    log,
    async look() {
      for (const {site, revision, diagnostics} of await checkLinks(ledger)) {
        if (diagnostics.length === 0) continue
        const told = {event: 'revision.links.broken', site, revision, links: diagnostics.length}
        const [first] = diagnostics
        const example = first === undefined ? '' : `, the first at ${formatPlace(first)}`
        log.warn(told, `${site} revision ${revision}: ${diagnostics.length} links lead nowhere${example}`)
      }
    },
  })

  bus.consume({
    ...consumerOf('renderer-posts'),
    // So many that the pool seldom waits for the next ones to be fetched.
    batch: 256,
    async handle(events) {
      const keys = new Map<string, {site: string; revision: number; posts: string[]}>()
      for (const {name, data} of events) {
        if (name !== 'post.published' && name !== 'post.updated') continue
        const {site, revision, post} = data
        const key = keys.get(`${site} ${revision}`) ?? {site, revision, posts: []}
        keys.set(`${site} ${revision}`, key)
        key.posts.push(post)
      }
      for (const {site, revision, posts} of keys.values()) {
        busyWith.set(site, (busyWith.get(site) ?? 0) + 1)
        await render({site, revision, of: {posts}}).finally(() => {
          const left = busyWith.get(site)! - 1
          if (left > 0) busyWith.set(site, left)
          else busyWith.delete(site)
        })
      }
      bus.nudge()
      links.nudge()
    },
  })
  bus.consume({
    ...consumerOf('renderer-revisions'),
    async handle(events) {
      for (const {name, data} of events) {
        if (name !== 'revision.accepted') continue
        await render({site: data.site, revision: data.revision, of: (await isHeldUp(data)) ? 'all' : 'untold'})
      }
      bus.nudge()
      links.nudge()
    },
  })

  let looked: WaitingRevision[] | undefined
  const sweep = createLoop({
    name: 'renderer.sweep',
    everyMs: sweepMs,
    log,
    async look() {
      const waiting = await waitingRevisions(ledger.db)
      const stuck = stuckRevisions(waiting, looked, clock.now() - sweepMs)
      looked = waiting
      for (const {site, number} of stuck) {
        log.info({event: 'revision.swept', site, revision: number}, `rendering what is left of revision ${number}`)
        await render({site, revision: number, of: 'all'})
      }
      if (stuck.length > 0) bus.nudge()
    },
  })

  return {
    name: 'renderer',
    async start() {
      isStopped = false
      void pool.warm().catch((error: unknown) => {
        // A stop ends children that are about to start.
        if (!isStopped) log.error({event: 'renderer.pool', err: error}, 'no child process starts')
      })
      sweep.start()
      links.start()
    },
    async stop() {
      isStopped = true
      await sweep.stop()
      await links.stop()
      await pool.close()
    },
  }
}

/** Revisions that are not rendered, the oldest first, with how many of their documents wait. */
async function waitingRevisions(db: Db): Promise<WaitingRevision[]> {
  const rows = await db
    .selectFrom('revisions')
    .select(['site', 'number', 'accepted_at as acceptedAt'])
    .where('state', '=', 'accepted')
    .orderBy('accepted_at')
    .limit(20)
    .execute()
  const counts = rows.map(({site, number}) => countPending(db, {site, revision: number}))
  return (await Promise.all(counts)).map((count, at) => ({...rows[at]!, count}))
}

async function countPending(db: Db, {site, revision}: {site: string; revision: number}): Promise<number> {
  const {count} = await db
    .selectFrom('renders')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where(stateIs('pending'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
