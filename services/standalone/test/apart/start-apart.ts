import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openLedger, openRequest, requestOutcome, type Ledger} from '@broadside/ledger'
import {freePort, provideServers} from '@broadside/servers'
import {createCaptureServer, type CaptureServer} from '@broadside/smtp'
import {createRepo, runProgram, until, type GitRepo, type Program} from '@broadside/testkit'

export type ServiceName = 'intake' | 'renderer' | 'publisher' | 'newsletter' | 'notifier' | 'audience' | 'console'

/** One process of a service. */
export type Worker = Program & {service: ServiceName; url: string}

/** The services in processes of their own, told by their environment alone where the others are. */
export type Apart = {
  repo: GitRepo
  capture: CaptureServer
  ledger: Ledger
  /** The run file's part that tells where the site lies. */
  run: {site: string; objectsUrl: string}
  /** Where the S3 server listens that all of them put to. */
  s3Port: number
  /** Starts one more process of the service, which finds the objects there unless told otherwise, and waits until it is ready. */
  start: (service: ServiceName, options?: {s3Port?: number}) => Promise<Worker>
  /** Pushes what is committed and tells intake, as a hook does; gives what the author sees. */
  push: () => Promise<string>
  request: (service: ServiceName, kind: string, payload: unknown) => Promise<void>
  /** Waits until the newest revision, which is at least this one, is live and nothing of its release is left. */
  published: (revision: number) => Promise<void>
  stop: () => Promise<void>
}

export const s3Credentials = {AWS_ACCESS_KEY_ID: 'TESTKEY', AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-test'}
const site = 'notes'

export async function startApart(files: Record<string, string>): Promise<Apart> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-apart-'))
  const repo = await createRepo(folder)
  await repo.write(files)
  await repo.commit('first')
  await repo.push()
  const servers = await provideServers({
    home: folder,
    diesWithParent: true,
    ports: {nats: await freePort(), redis: await freePort()},
  })
  const s3Port = await freePort()
  const s3 = runProgram(new URL('s3-program.ts', import.meta.url), {env: {PORT: String(s3Port)}})
  await s3.says('listening')
  const capture = await createCaptureServer({dir: join(folder, 'mail')})
  const objectsAt = (port: number) => `s3://site/apart?endpoint=http://127.0.0.1:${port}&region=eu-west-1`
  const objectsUrl = objectsAt(s3Port)
  const databaseUrl = `sqlite://${join(folder, 'ledger.db')}`
  const environment = {
    ...s3Credentials,
    DATABASE_URL: databaseUrl,
    NATS_URL: servers.urls.nats,
    REDIS_URL: servers.urls.redis,
    MIRRORS_DIR: join(folder, 'mirrors'),
    INTAKE_POLL_MS: '30000',
    INTAKE_HOOKS_PORT: '0',
    SITE: site,
    SITE_REMOTE: repo.remote,
    SITE_URL: 'https://notes.example/',
    AUDIENCE_URL: 'https://mail.notes.example/',
    // One at a time, so that two processes share even a small push.
    RENDERER_PROCESSES: '1',
    PUBLISHER_CONCURRENCY: '1',
    SMTP_URL: capture.url,
    MAIL_FROM: 'notes@notes.example',
    TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'debug',
  }
  const ledger = await openLedger(databaseUrl)
  const workers: Worker[] = []
  const urlOf = (service: ServiceName): string => workers.find((worker) => worker.service === service)!.url

  const apart: Apart = {
    repo,
    capture,
    ledger,
    run: {site, objectsUrl},
    s3Port,
    async start(service, {s3Port: ownPort = s3Port} = {}) {
      const port = await freePort()
      const program = runProgram(new URL(`../../../${service}/src/main.ts`, import.meta.url), {
        env: {...environment, OBJECTS_URL: objectsAt(ownPort), [`${service.toUpperCase()}_PORT`]: String(port)},
      })
      const worker = {...program, service, url: `http://127.0.0.1:${port}`}
      workers.push(worker)
      await until(`${service} is ready`, async () => {
        if (program.isOver()) throw new Error(`${service} ended: ${program.output().slice(-2_000)}`)
        return (await fetch(`${worker.url}/readyz`)).status === 200
      })
      return worker
    },
    async push() {
      await repo.push()
      const answer = await fetch(`${urlOf('intake')}/push/${site}`, {method: 'POST', body: '{}'})
      return answer.text()
    },
    async request(service, kind, payload) {
      const id = await openRequest(ledger.db, {service, kind, payload, now: Date.now()})
      const outcome = await until(`${kind} is answered`, async () => {
        const now = await requestOutcome(ledger.db, id)
        return now.state !== 'open' && now
      })
      if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome))
    },
    async published(revision) {
      await until(
        `revision ${revision} is published`,
        async () => {
          const release = await ledger.db
            .selectFrom('releases')
            .selectAll()
            .orderBy('number', 'desc')
            .executeTakeFirst()
          return release !== undefined && release.revision >= revision && release.state === 'done'
        },
        {withinMs: 45_000},
      )
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill()))
      await capture.close()
      await s3.kill()
      await ledger.close()
      await servers.stop()
      await rm(folder, {recursive: true, force: true})
    },
  }
  return apart
}
