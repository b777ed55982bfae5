import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {lastLiveRelease, openRequest, requestOutcome, type Ledger} from '@broadside/ledger'
import type {Objects} from '@broadside/objects'
import {createLogger, type Service} from '@broadside/runtime'
import {provideServers, type ProvidedServers} from '@broadside/servers'
import {createRepo, until} from '@broadside/testkit'
import {choosePorts, type RunFile} from '../src/home.ts'
import {wireStandalone, type Standalone} from '../src/start-standalone.ts'

export type WorldOptions = {
  /** First commit of the site; `broadside.yaml` with a newsletter is added where it is missing. */
  files?: Record<string, string>
  subscribers?: string[]
  wrapObjects?: (objects: Objects) => Objects
}

/** A whole installation in this process, on servers of its own, with a repository to push from. */
export type World = {
  repo: Awaited<ReturnType<typeof createRepo>>
  home: string
  run: RunFile
  ledger: Ledger
  servers: ProvidedServers
  /** Writes files (undefined removes), commits, pushes, and tells intake as the hook does; gives what the author sees. */
  push: (files?: Record<string, string | undefined>, message?: string) => Promise<{commit: string; answer: string}>
  /** Waits until a release of the commit's revision, or of a newer one, is done. */
  live: (commit: string) => Promise<void>
  /** Waits until everything that is accepted is published, and no edition is under way. */
  settled: () => Promise<void>
  get: (path: string) => Promise<{status: number; body: string; headers: Headers}>
  mails: () => Promise<{id: string; to: string[]; subject: string}[]>
  request: (service: string, kind: string, payload: unknown) => Promise<unknown>
  /** Stops the services (not the servers) and starts them anew on the same state. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

const settings = `title: Test site
timezone: UTC
newsletter:
  from: Notes <notes@test.example>
`

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-world-'))
  const repo = await createRepo()
  await repo.write({'broadside.yaml': settings, ...options.files})
  await repo.commit('first')
  await repo.push()
  const ports = await choosePorts(home, {anew: true, skip: []})
  const servers = await provideServers({home, diesWithParent: true, ports: {nats: ports.nats, redis: ports.redis}})
  const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: false})

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
        objectsUrl: undefined,
        smtpUrl: undefined,
      },
      ports,
      urls: {nats: servers.urls.nats!, redis: servers.urls.redis!},
      repository: {name: 'test', remote: repo.remote, branch: 'main', isExample: false},
      log,
      ...(options.wrapObjects === undefined ? {} : {wrapObjects: options.wrapObjects}),
    })
    for (const service of standalone.services) await service.start()
    return standalone
  }
  const unwire = async (standalone: Standalone): Promise<void> => {
    for (const service of standalone.services.toReversed() as Service[]) await service.stop()
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
    async push(files = {}, message = 'next') {
      const gone = Object.keys(files).filter((path) => files[path] === undefined)
      const written = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined)
      for (const path of gone) await repo.remove(path)
      await repo.write(Object.fromEntries(written))
      const commit = await repo.commit(message, {date: Date.now()})
      await repo.push({force: true})
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
      const {db} = world.ledger
      await until('all is published and mailed', async () => {
        const revision = await db
          .selectFrom('revisions')
          .select(['number'])
          .orderBy('number', 'desc')
          .executeTakeFirst()
        const release = await lastLiveRelease(db, 'test')
        if (revision === undefined || release?.revision !== revision.number || release.state !== 'done') return false
        const open = await db
          .selectFrom('editions')
          .select('id')
          .where('state', 'in', ['freezing', 'sending'])
          .executeTakeFirst()
        return open === undefined
      })
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
    async restart() {
      await unwire(standalone)
      standalone = await wire()
    },
    async stop() {
      await unwire(standalone)
      await servers.stop()
      await repo.destroy()
      await rm(home, {recursive: true, force: true})
    },
  }
  for (const address of options.subscribers ?? []) {
    await world.request('audience', 'subscribers.add', {site: 'test', address})
  }
  return world
}
