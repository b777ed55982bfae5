import {join} from 'node:path'
import type {Bus} from '@broadside/bus'
import type {Mirror} from '@broadside/git'
import type {ImagePool} from '@broadside/images/pool'
import {findSiteOrPreview, isActive, isPublic, newestOfBranch, type Ledger} from '@broadside/ledger'
import type {Objects} from '@broadside/objects'
import {acceptRevision, type AcceptedRevision} from '@broadside/revision'
import {BroadsideError, giveBackMemory, type Clock, type Logger} from '@broadside/runtime'
import {createMirrors} from './create-mirrors.ts'
import {createTurns} from './create-turns.ts'
import {followPreviews} from './follow-previews.ts'
import {refillBinaries} from './refill-binaries.ts'
import type {RemoteAccess} from './site-config.ts'

export type IntakeDeps = {
  ledger: Ledger
  bus: Pick<Bus, 'nudge'>
  objects: Objects
  images: Pick<ImagePool, 'inspect'>
  mirrorsDir: string
  /** Domains at which the authors of a site may be written to when their push fails; none unless given. */
  authorDomains?: (site: string) => readonly string[]
  clock: Clock
  log: Logger
}

export type Intake = {
  /**
   * Fetches the branch and accepts what is new; undefined when nothing is, or while the site is paused. Calls
   * for one site run one by one. With `onlyIfMoved` the remote is asked first whether there is something to fetch.
   */
  advance: (site: string, options?: {onlyIfMoved?: boolean}) => Promise<AcceptedRevision | undefined>
  /** Accepts the posts whose time has come, without asking the remote. */
  tick: (site: string) => Promise<AcceptedRevision | undefined>
  /** Accepts the commit of the last revision anew where another version of the pipeline made it; a repeat does nothing. */
  upgrade: (site: string) => Promise<AcceptedRevision | undefined>
  /** Whether a commit has been fetched. */
  knows: (site: string, commit: string) => Promise<boolean>
  /** Puts files of the repository into the objects again, as a revision has them. A repeat does nothing. */
  refill: (site: string, revision: number) => Promise<{files: number; kept: number}>
  /** Waits for all that was asked for. */
  close: () => Promise<void>
}

/** Each is a process or two that mostly waits; a remote that hangs holds one place until its deadline. */
const fetchesAtOnce = 8

/** What is known of so many posts while they are judged makes a heap that the process never needs again. */
const manyPosts = 5_000

/** Reading what was fetched is work for this process, which answers hooks meanwhile. */
const readsAtOnce = 2

/**
 * Intake's one effect: a revision of a site; `onAccepted` is called after each. `accessTo` gives what a site's remote
 * asks for; it is asked whenever the mirror is needed, so that what changed there counts from then on.
 */
export function createIntakeCore(
  {ledger, bus, objects, images, mirrorsDir, authorDomains = () => [], clock, log}: IntakeDeps,
  accessTo: (site: string) => RemoteAccess,
  onAccepted: () => void = () => {},
): Intake {
  const mirrors = createMirrors()
  const lanes = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Promise<AcceptedRevision | undefined>>()
  const fetches = createTurns(fetchesAtOnce)
  const reads = createTurns(readsAtOnce)
  /** What was asked for and is not over; it may take several lanes, one after the other. */
  const asked = new Set<Promise<unknown>>()

  function whole<Result>(work: Promise<Result>): Promise<Result> {
    asked.add(work)
    const forget = () => asked.delete(work)
    work.then(forget, forget)
    return work
  }

  async function mirrorOf(site: string): Promise<Mirror> {
    const {remote, branch, preview_of: of} = await findSiteOrPreview(ledger.db, site)
    return mirrors.of({dir: join(mirrorsDir, `${site}.git`), remoteUrl: remote, branch, ...accessTo(of ?? site)})
  }

  /** One at a time per site. A call that finds another waiting joins it: both want the newest head. */
  function inLane(
    site: string,
    name: string,
    work: () => Promise<AcceptedRevision | undefined>,
  ): Promise<AcceptedRevision | undefined> {
    const key = `${name} ${site}`
    const joined = waiting.get(key)
    if (joined !== undefined) return joined
    const before = lanes.get(site) ?? Promise.resolve()
    const run = before
      .catch(() => undefined)
      .then(() => {
        waiting.delete(key)
        return work()
      })
    waiting.set(key, run)
    lanes.set(site, run)
    return run
  }

  async function accept(
    site: string,
    cause: 'push' | 'clock' | 'upgrade',
    commit: string,
  ): Promise<AcceptedRevision | undefined> {
    const startedAt = clock.now()
    const accepted = await acceptRevision({
      ledger,
      mirror: await mirrorOf(site),
      site,
      commit,
      cause,
      asOf: startedAt,
      now: clock.now,
      keepBinary: (hash, bytes) => keepBinary(objects, site, hash, bytes),
      images,
      authorDomains: authorDomains(site),
      source: 'intake',
    })
    if (accepted === undefined) return undefined
    bus.nudge()
    onAccepted()
    const {number, summary} = accepted
    const {published, updated, removed, broken} = summary.counts
    if (published + updated + removed > manyPosts) await giveBackMemory()
    log.info(
      {
        event: 'revision.accepted',
        site,
        revision: number,
        commit,
        cause,
        ...summary.counts,
        tookMs: clock.now() - startedAt,
      },
      `revision ${number} of ${site}: ${published} new, ${updated} changed, ${removed} removed, ${broken} broken`,
    )
    return accepted
  }

  async function acceptAgain(site: string, cause: 'clock' | 'upgrade'): Promise<AcceptedRevision | undefined> {
    const last = await newestOfBranch(ledger.db, site)
    return last === undefined ? undefined : accept(site, cause, last.commit_id)
  }

  function advanceOne(site: string, onlyIfMoved: boolean): Promise<AcceptedRevision | undefined> {
    return inLane(site, 'advance', async () => {
      if (!(await isActive(ledger.db, site))) return undefined
      const mirror = await mirrorOf(site)
      const {head} = await fetches.take(() => mirror.fetch({onlyIfMoved}))
      if (head === undefined) return undefined
      return reads.take(() => accept(site, 'push', head))
    })
  }

  async function advance(site: string, onlyIfMoved: boolean): Promise<AcceptedRevision | undefined> {
    const accepted = await advanceOne(site, onlyIfMoved)
    if (await isPublic(ledger.db, site)) {
      const advancePreview = (preview: string) => advanceOne(preview, false)
      await followPreviews({ledger, mirrorOf, advance: advancePreview, clock, log}, site)
    }
    return accepted
  }

  async function knows(site: string, commit: string): Promise<boolean> {
    return (await (await mirrorOf(site)).resolve(commit)) !== undefined
  }

  async function refill(site: string, revision: number): Promise<{files: number; kept: number}> {
    const keep = (hash: string, bytes: Uint8Array) => keepBinary(objects, site, hash, bytes)
    return refillBinaries({ledger, mirror: await mirrorOf(site), site, revision, keep})
  }

  return {
    advance: (site, {onlyIfMoved = false} = {}) => whole(advance(site, onlyIfMoved)),
    tick: (site) => whole(inLane(site, 'tick', () => acceptAgain(site, 'clock'))),
    upgrade: (site) => whole(inLane(site, 'upgrade', () => reads.take(() => acceptAgain(site, 'upgrade')))),
    knows: (site, commit) => whole(knows(site, commit)),
    refill: (site, revision) => whole(refill(site, revision)),
    async close() {
      while (asked.size > 0) await Promise.allSettled(asked)
      await mirrors.close()
    },
  }
}

/** Binaries lie in the objects under their hash before any row names them. */
async function keepBinary(objects: Objects, site: string, hash: string, bytes: Uint8Array): Promise<void> {
  const key = `private/${site}/${hash}`
  if ((await objects.head(key)) !== undefined) return
  try {
    await objects.put(key, bytes, {contentType: 'application/octet-stream', cacheControl: 'private'})
  } catch (cause) {
    throw new BroadsideError('transient', 'intake.binary', `cannot keep a file of ${site} in the objects`, {cause})
  }
}
