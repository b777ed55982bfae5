import {consumerOf} from '@broadside/contracts'
import {
  lastLiveRelease,
  moveRelease,
  addressesInDoubt,
  openRelease,
  revisionToRelease,
  nextOpenPart,
  releaseUnderWay,
  serveRequests,
  sitesToRelease,
  takeOverRelease,
  findRelease,
  isActive,
  isAnyOpen,
  ownerOf,
  previewsToClear,
  type ReleasesTable,
  type ReleaseState,
} from '@broadside/ledger'
import {BroadsideError, createLoop, explain, kindOf, type Logger, type Service} from '@broadside/runtime'
import {createPace, type Pace} from '@broadside/objects'
import {createBuildOutputs} from './build-outputs.ts'
import {carryRelease} from './carry-release.ts'
import {holdRequests} from './hold-requests.ts'
import {defaultOptions, type Publisher, type PublisherDeps, type PublisherOptions} from './publisher.ts'
import {createImageMakers} from './image-makers.ts'
import {publisherRequests} from './publisher-requests.ts'
import {clearPreview} from './clear-preview.ts'
import {createBuilder} from './create-builder.ts'
import {createCollectLoop} from './create-collect-loop.ts'
import {createReconcileLoop} from './create-reconcile-loop.ts'
import {createSearchLoop} from './create-search-loop.ts'
import {putPart} from './put-part.ts'

const troubleRetryMs = 30_000

/**
 * Publisher: from a rendered revision to a live release. It listens for `revision.rendered`, works on the queues of
 * releases and parts, and looks by itself for whatever no message told it of.
 */
export function createPublisher(deps: PublisherDeps, given: Partial<PublisherOptions> = {}): Service {
  const buildHere = createBuildOutputs(deps.ledger.db)
  const builder = deps.databaseUrl === undefined ? undefined : createBuilder(deps.databaseUrl, buildHere)
  const publisher: Publisher = {
    deps,
    options: {...defaultOptions, ...given},
    build: builder?.build ?? buildHere,
    makerOf: createImageMakers(deps),
    paceOf: createPaces(deps.log),
  }
  const {ledger, bus, queue, clock, log} = deps
  const {options} = publisher
  const search = createSearchLoop(publisher)
  let nextLook: {due: number; timer: NodeJS.Timeout} | undefined

  /** Opens a release where readers are to have another revision, and carries on one that gives no sign of life. */
  async function advance(site: string): Promise<void> {
    const db = ledger.db
    const current = await releaseUnderWay(db, site)
    const wanted = await revisionToRelease(db, site)
    if (current !== undefined) {
      if (
        current.trouble !== null &&
        // One that is live has only to tidy up.
        current.live_at === null &&
        wanted !== undefined &&
        wanted !== current.revision
      ) {
        await moveRelease(db, current, current.state as ReleaseState, {state: 'superseded', done_at: clock.now()})
        log.warn(
          {event: 'release.superseded', site, release: current.number},
          `release ${current.number} could not go on`,
        )
        return advance(site)
      }
      const silentMs = clock.now() - current.progress_at
      if (silentMs > options.takeOverMs) await takeOver(current)
      else lookAgainIn(options.takeOverMs - silentMs)
      return
    }
    if (wanted === undefined || !(await isActive(db, site))) return
    const live = await lastLiveRelease(db, site)
    if (wanted === live?.revision && (await addressesInDoubt(db, site)).length === 0) return
    const opened = await ledger.transaction((tx) => openRelease(tx, site, wanted, clock.now()))
    if (opened !== undefined)
      await queue.add('release.advance', {site, release: opened.number}, {attempt: opened.attempt})
  }

  /** A release that stays silent is taken over when its time is up, and not a sweep later. */
  function lookAgainIn(ms: number): void {
    const due = clock.now() + ms
    if (nextLook !== undefined && nextLook.due <= due) return
    clearTimeout(nextLook?.timer)
    nextLook = {due, timer: setTimeout(look, ms + 1).unref()}
  }

  function look(): void {
    nextLook = undefined
    sweep.nudge()
  }

  async function takeOver(release: ReleasesTable): Promise<void> {
    const attempt = release.attempt + 1
    if (!(await takeOverRelease(ledger.db, release, clock.now()))) return
    log.info(
      {event: 'release.taken-over', site: release.site, release: release.number, attempt},
      `carrying on release ${release.number}`,
    )
    await queue.add('release.advance', {site: release.site, release: release.number}, {attempt})
  }

  /** A job that comes back late, after its worker died, leaves the release to the jobs of the take-over. */
  async function isTakenOver(site: string, number: number, attempt: number): Promise<boolean> {
    const row = await findRelease(ledger.db, site, number)
    return row !== undefined && row.attempt > attempt
  }

  /** Carries a release on; while it does, it gives signs of life, and what goes wrong is written down. */
  async function guarded(site: string, number: number, work: () => Promise<void>): Promise<void> {
    const alive = setInterval(() => void signOfLife(site, number), options.takeOverMs / 4)
    // At once where it was silent for a while, or it would be taken over in the middle of this.
    await signOfLife(site, number)
    try {
      await work()
    } catch (error) {
      if (error instanceof BroadsideError && error.code === 'release.fenced') return
      await writeTrouble(site, number, error)
      // A newer revision may have been waiting for this release; now it need not.
      sweep.nudge()
      if (kindOf(error) !== 'invalid') throw error
    } finally {
      clearInterval(alive)
    }
  }

  async function signOfLife(site: string, number: number): Promise<void> {
    await ledger.db
      .updateTable('releases')
      .set({progress_at: clock.now()})
      .where('site', '=', site)
      .where('number', '=', number)
      .where('state', '!=', 'superseded')
      .where('progress_at', '<', clock.now() - options.takeOverMs / 8)
      .execute()
      .catch((error: unknown) =>
        log.warn({event: 'release.sign-of-life.failed', err: error}, 'the ledger does not answer'),
      )
  }

  /** What cannot heal by itself soon is tried again at a slower pace, and at once when a newer revision comes. */
  async function writeTrouble(site: string, number: number, error: unknown): Promise<void> {
    const again = kindOf(error) === 'invalid' ? troubleRetryMs : 0
    log.warn(
      {event: 'release.trouble', site, release: number, err: error},
      `release ${number} of ${site}: ${explain(error)}`,
    )
    await ledger.db
      .updateTable('releases')
      .set({trouble: explain(error), progress_at: clock.now() + again})
      .where('site', '=', site)
      .where('number', '=', number)
      .execute()
  }

  const sweep = createLoop({
    name: 'publisher.sweep',
    everyMs: options.sweepMs,
    log,
    async look() {
      for (const site of await sitesToRelease(ledger.db)) await advance(site)
      for (const preview of await previewsToClear(ledger.db)) await clearPreview(publisher, preview)
    },
  })

  const reconcile = createReconcileLoop(publisher, () => sweep.nudge())
  const collect = createCollectLoop(publisher, () => sweep.nudge())
  const requests = serveRequests({
    ledger,
    service: 'publisher',
    log,
    clock,
    handlers: {...publisherRequests(publisher, () => sweep.nudge()), ...holdRequests(deps, () => sweep.nudge())},
  })

  bus.consume({
    ...consumerOf('publisher-revisions'),
    async handle(events) {
      for (const site of new Set(events.map(({data}) => data.site))) await advance(site)
    },
  })
  queue.work('release.advance', {
    concurrency: options.concurrency,
    async handle({site, release}, {attempt}) {
      if (await isTakenOver(site, release, attempt)) return
      await guarded(site, release, () => carryRelease(publisher, site, release))
      await advance(site)
    },
  })
  queue.work('release.part', {
    concurrency: options.concurrency,
    async handle(key, {attempt}) {
      const {site, release, wave} = key
      if (await isTakenOver(site, release, attempt)) return
      await guarded(site, release, async () => {
        const row = await findRelease(ledger.db, site, release)
        if (row === undefined || row.state !== 'putting' || row.wave !== wave) return
        await putPart(publisher, key, row.revision)
        const next = await nextOpenPart(ledger.db, key, options.partLanes)
        if (next !== undefined) await queue.add('release.part', {...key, part: next}, {attempt})
        else if (!(await isAnyOpen(ledger.db, key))) await carryRelease(publisher, site, release)
      })
      await advance(site)
    },
  })

  return {
    name: 'publisher',
    async start() {
      sweep.start()
      reconcile.start()
      collect.start()
      await requests.start()
      await search.start()
    },
    async stop() {
      clearTimeout(nextLook?.timer)
      await Promise.all([sweep.stop(), reconcile.stop(), collect.stop(), requests.stop(), search.stop()])
      await builder?.close()
    },
  }
}

function createPaces(log: Logger): (site: string) => Pace {
  const paces = new Map<string, Pace>()
  return (name) => {
    const site = ownerOf(name)
    const onSlower = (limit: number, error: unknown): void => {
      const about = {event: 'objects.slower', site, limit, err: error}
      log.info(about, `the objects of ${site} falter: ${limit} calls at once from now on`)
    }
    const pace = paces.get(site) ?? createPace({onSlower})
    paces.set(site, pace)
    return pace
  }
}
