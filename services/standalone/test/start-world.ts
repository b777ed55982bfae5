import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {SiteSettings} from '@broadside/content'
import {lastLiveRelease, openRequest, requestOutcome, type Db, type Ledger} from '@broadside/ledger'
import type {Objects} from '@broadside/objects'
import {createLogger, systemClock, type Clock} from '@broadside/runtime'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import type {PublisherOptions} from '@broadside/service-publisher'
import {freePort} from '@broadside/servers'
import {createRepo, until} from '@broadside/testkit'
import type {Ports, RunFile} from '../src/home.ts'
import {wireStandalone, type Standalone} from '../src/start-standalone.ts'
import {isAtRest, readStanding} from './read-standing.ts'
import {startServers, type WorldServers} from './world-servers.ts'

export type Files = Record<string, string | Uint8Array>

export type WorldOptions = {
  /** First commit of the site; `broadside.yaml` with a newsletter is added where it is missing. */
  files?: Files
  subscribers?: string[]
  wrapObjects?: (objects: Objects) => Objects
  /** Called before a document is rendered, with its file; what it waits for the document waits for. */
  beforeRender?: (file: string) => Promise<void> | void
  /** Hosts in private networks that may be hubs. */
  privateHubs?: string[]
  /** How long nothing must have been released before the search index follows, ms; without it none is made. */
  searchQuietMs?: number
  /** Where the sites lie instead of in a folder. */
  objectsUrl?: string
  /** What publisher has otherwise. */
  publisher?: Partial<PublisherOptions>
  /** Where mail goes instead of to the world's own capture. */
  smtpUrl?: string
  /** Hears every line that the services log. */
  hear?: (line: string) => void
  /** The time of all services and of the author; the machine's unless given. */
  clock?: Clock
}

/** Files to write; undefined removes one. */
export type Changes = Record<string, string | Uint8Array | undefined>

/** A whole installation in this process, on servers of its own, with a repository to push from. */
export type World = {
  repo: Awaited<ReturnType<typeof createRepo>>
  home: string
  run: RunFile
  ledger: Ledger
  servers: WorldServers
  /** Writes files (undefined removes), commits, pushes, and tells intake as the hook does; gives what the author sees. */
  push: (files?: Changes, message?: string) => Promise<{commit: string; answer: string}>
  /** The first half of `push`: several commits can go out in one. */
  commit: (files?: Changes, message?: string) => Promise<string>
  /** The second half: pushes the head as it is, over whatever the remote has. */
  publish: () => Promise<{commit: string; answer: string}>
  /** Waits until a release of the commit's revision, or of a newer one, is done. */
  live: (commit: string) => Promise<void>
  /** Waits until everything that is accepted is published, and no edition is under way. */
  settled: () => Promise<void>
  get: (path: string) => Promise<{status: number; body: string; headers: Headers}>
  mails: () => Promise<{id: string; to: string[]; subject: string}[]>
  request: (service: string, kind: string, payload: unknown) => Promise<unknown>
  /** Stops the services (not the servers) and starts them anew on the same state, on other ports where some are given, after what happens `meanwhile`. */
  restart: (changed?: Partial<Ports> & {meanwhile?: () => void}) => Promise<void>
  stop: () => Promise<void>
}

const settings = `title: Test site
timezone: UTC
newsletter:
  from: Notes <notes@test.example>
`

/** One for all worlds of a process: each would start a process of its own for a few documents. */
const sharedPool = createRenderPool({size: 2})

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? systemClock
  const home = await mkdtemp(join(tmpdir(), 'broadside-world-'))
  const repo = await createRepo()
  await repo.write({'broadside.yaml': settings, ...options.files})
  await repo.commit('first')
  await repo.push()
  const ports = await freePorts()
  const servers = await startServers(home, ports)
  const {hear} = options
  const level = process.env['LOG_LEVEL'] ?? 'silent'
  const log = createLogger({service: 'test', pretty: false, ...(hear === undefined ? {level} : {level: 'trace', hear})})

  const wire = async (): Promise<Standalone> => {
    const standalone = await wireStandalone({
      options: {
        home,
        site: repo.remote,
        newPorts: false,
        help: false,
        logLevel: 'silent',
        natsUrl: undefined,
        redisUrl: undefined,
        objectsUrl: options.objectsUrl,
        smtpUrl: options.smtpUrl,
        privateHubs: options.privateHubs ?? [],
      },
      ports,
      urls: servers.urls,
      repository: {name: 'test', remote: repo.remote, branch: 'main', isExample: false},
      log,
      clock,
      pool: poolOf(options),
      publisherOptions: {
        // So that waves of a few parts go from one to the next.
        partLanes: 2,
        searchLookMs: 100,
        searchFirstMs: options.searchQuietMs ?? Number.MAX_SAFE_INTEGER,
        searchQuietMs: options.searchQuietMs ?? Number.MAX_SAFE_INTEGER,
        searchPatienceMs: Number.MAX_SAFE_INTEGER,
        searchGraceMs: 0,
        ...options.publisher,
      },
      ...(options.wrapObjects === undefined ? {} : {wrapObjects: options.wrapObjects}),
    })
    for (const service of standalone.services) await service.start()
    return standalone
  }
  const unwire = async (standalone: Standalone): Promise<void> => {
    for (const service of standalone.services.toReversed()) await service.stop()
    await standalone.close()
  }

  let standalone = await wire()
  const world: World = {
    repo,
    home,
    get run() {
      return standalone.run
    },
    get ledger() {
      return standalone.ledger
    },
    servers,
    async push(files, message) {
      await world.commit(files, message)
      return world.publish()
    },
    async commit(files = {}, message = 'next') {
      const gone = Object.keys(files).filter((path) => files[path] === undefined)
      const written = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined)
      for (const path of gone) await repo.remove(path)
      await repo.write(Object.fromEntries(written))
      return repo.commit(message, {date: clock.now()})
    },
    async publish() {
      await repo.push({force: true})
      const commit = await repo.git('rev-parse', 'HEAD')
      const answer = await fetch(`${world.run.intakeUrl}/push/test`, {
        method: 'POST',
        body: JSON.stringify({after: commit}),
      })
      return {commit, answer: await answer.text()}
    },
    async live(commit) {
      await until(`${commit} is live`, async () => {
        const row = await world.ledger.db
          .selectFrom('revisions')
          .select('number')
          .where('commit_id', '=', commit)
          .executeTakeFirst()
        const release = await lastLiveRelease(world.ledger.db, 'test')
        return row !== undefined && release !== undefined && release.revision >= row.number && release.state === 'done'
      })
    },
    async settled() {
      await until('all is published and mailed', async () => isSettled(world.ledger.db), {withinMs: 25_000})
    },
    async get(path) {
      const answer = await fetch(new URL(path, world.run.siteUrl), {redirect: 'manual'})
      return {status: answer.status, body: await answer.text(), headers: answer.headers}
    },
    async mails() {
      const answer = await fetch(new URL('api/messages', world.run.mailUrl))
      return (await answer.json()) as {id: string; to: string[]; subject: string}[]
    },
    async request(service, kind, payload) {
      const {db} = world.ledger
      const id = await openRequest(db, {service, kind, payload, now: Date.now()})
      const outcome = await until(`${kind} is answered`, async () => {
        const now = await requestOutcome(db, id)
        return now.state === 'open' ? undefined : now
      })
      if (outcome.state === 'done') return outcome.result
      throw new Error(JSON.stringify(outcome))
    },
    async restart({meanwhile, ...moved} = {}) {
      await unwire(standalone)
      meanwhile?.()
      Object.assign(ports, moved)
      standalone = await wire()
    },
    async stop() {
      await unwire(standalone)
      await servers.stopAll()
      await repo.destroy()
      await rm(home, {recursive: true, force: true})
    },
  }
  for (const address of options.subscribers ?? []) {
    await world.request('audience', 'subscribers.add', {site: 'test', address})
  }
  return world
}

/** The next world goes on with it. */
function poolOf({beforeRender}: WorldOptions): RenderPool {
  const pool = {...sharedPool, close: async () => {}}
  if (beforeRender === undefined) return pool
  return {
    ...pool,
    async render(job) {
      await beforeRender(job.file)
      return sharedPool.render(job)
    },
  }
}

/** Any that are free: worlds of other tests start at the same time. */
async function freePorts(): Promise<Ports> {
  const names = ['site', 'audience', 'console', 'mail', 'intake', 'smtp', 'nats', 'redis'] as const
  const chosen = new Set<number>()
  while (chosen.size < names.length) chosen.add(await freePort())
  return Object.fromEntries(names.map((name, index) => [name, [...chosen][index]!])) as Ports
}

async function isSettled(db: Db): Promise<boolean> {
  const {revision, ...before} = await readStanding(db, 'test')
  if (revision === null || !isAtRest({revision, ...before}) || !(await allAnnounced(db, revision))) return false
  // Once more, since one of their editions may have come in between; that all have theirs stays true.
  const standing = await readStanding(db, 'test')
  return standing.revision === revision && isAtRest(standing)
}

/** Whether each post that is to be mailed has its edition, whatever the edition's state. */
async function allAnnounced(db: Db, revision: number): Promise<boolean> {
  const settings = await db
    .selectFrom('revisions as r')
    .innerJoin('texts as t', 't.hash', 'r.settings_hash')
    .select('t.body')
    .where('r.site', '=', 'test')
    .where('r.number', '=', revision)
    .executeTakeFirstOrThrow()
  if (!(JSON.parse(settings.body) as SiteSettings).newsletter.enabled) return true
  const rows = await db
    .selectFrom('posts as m')
    .innerJoin('post_versions as v', (join) => join.onRef('v.site', '=', 'm.site').onRef('v.id', '=', 'm.id'))
    .innerJoin('sites as s', 's.name', 'm.site')
    .leftJoin('editions as e', (join) => join.onRef('e.site', '=', 'm.site').onRef('e.post', '=', 'm.id'))
    .select('v.meta')
    .where('m.site', '=', 'test')
    .where('v.from_revision', '<=', revision)
    .where('v.to_revision', '>', revision)
    .where('v.status', '=', 'live')
    .whereRef('m.first_live_revision', '>', 's.first_revision')
    .where('e.id', 'is', null)
    .execute()
  return rows.every(({meta}) => (JSON.parse(meta) as {newsletter: {send?: boolean}}).newsletter.send === false)
}
