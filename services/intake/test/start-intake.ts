import {createHmac, randomUUID} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, openLedger, type Ledger} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {createHttpServer, createLogger, systemClock, type Clock} from '@broadside/runtime'
import {createRepo, until, type GitRepo} from '@broadside/testkit'
import {createIntake} from '../src/index.ts'

export const secret = 'the-secret-of-field-notes'

export type Bed = {
  ledger: Ledger
  mirrorsDir: string
  /** Of the site `notes`, which is published from `main`. */
  repo: GitRepo
  /** Where hooks are sent. */
  hooksUrl: () => string
  /** Starts intake, which follows hints and never polls. */
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Adds a site with a repository of its own. */
  addSite: (name: string) => Promise<GitRepo>
  /** Waits until the newest revision of the site is of this commit. */
  accepted: (commit: string, site?: string) => Promise<void>
  revisions: (site?: string) => Promise<string[]>
  openHints: () => Promise<string[]>
  remove: () => Promise<void>
}

export const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: false})

/** Every site but `silent` has a secret, and one that it takes over from. */
const env = Object.fromEntries(
  ['NOTES', 'QUIET'].map((site) => [`BROADSIDE_SITE_${site}_WEBHOOK_SECRET`, `an-older-secret-of-it ${secret}`]),
)

const settings = {'broadside.yaml': 'title: Field notes\ntimezone: UTC\n'}

/** Intake on a ledger and repositories of its own. NATS is away: its events wait in the outbox. */
export async function openBed({
  clock = systemClock,
  sweepMs = 200,
}: {clock?: Clock; sweepMs?: number} = {}): Promise<Bed> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-intake-'))
  const ledger = await openLedger(`sqlite://${home}/ledger.db`)
  const mirrorsDir = join(home, 'mirrors')
  const objects = await openObjects(pathToFileURL(join(home, 'objects')).href)
  const repos: GitRepo[] = []
  let stopping: (() => Promise<void>) | undefined
  let hooksUrl = ''

  async function addSite(name: string): Promise<GitRepo> {
    const repo = await createRepo()
    repos.push(repo)
    await repo.write(settings)
    await repo.commit('first')
    await repo.push()
    const url = `https://${name}.example.org/`
    const row = {name, remote: repo.remote, branch: 'main', site_url: url, audience_url: url}
    await ensureSite(ledger.db, row, {id: randomUUID(), now: clock.now()})
    return repo
  }

  async function commits(site: string): Promise<string[]> {
    const rows = await ledger.db
      .selectFrom('revisions')
      .select('commit_id')
      .where('site', '=', site)
      .orderBy('number')
      .execute()
    return rows.map(({commit_id: commit}) => commit)
  }

  const repo = await addSite('notes')
  return {
    ledger,
    mirrorsDir,
    repo,
    hooksUrl: () => hooksUrl,
    addSite,
    revisions: (site = 'notes') => commits(site),
    async start() {
      const intake = createIntake(
        {
          ledger,
          bus: {nudge() {}},
          objects,
          images: createImagePool({size: 1}),
          mirrorsDir,
          clock,
          log,
        },
        {pollMs: 3_600_000, sweepMs, env},
      )
      const http = createHttpServer({name: 'hooks', host: '127.0.0.1', port: 0, log, routes: intake.hooks})
      // Sites that are polled at the start are up to date before the first test begins.
      await intake.start()
      await http.start()
      hooksUrl = http.url()
      stopping = async () => {
        await http.stop()
        await intake.stop()
      }
    },
    async stop() {
      await stopping?.()
      stopping = undefined
    },
    async accepted(commit, site = 'notes') {
      await until(`${commit} of ${site} is accepted`, async () => (await commits(site)).at(-1) === commit)
    },
    async openHints() {
      const rows = await ledger.db.selectFrom('hints').select('delivery').where('closed_at', 'is', null).execute()
      return rows.map(({delivery}) => delivery)
    },
    async remove() {
      await stopping?.()
      await ledger.close()
      await objects.close()
      for (const one of repos) await one.destroy()
      await rm(home, {recursive: true, force: true})
    },
  }
}

/** A push as GitHub tells of it, signed. */
export function gitHubPush(
  after: string,
  {delivery = `d-${randomUUID()}`, branch = 'main', key = secret, note = ''} = {},
): RequestInit & {headers: Record<string, string>; body: string} {
  const body = JSON.stringify({ref: `refs/heads/${branch}`, before: '0'.repeat(40), after, note})
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    },
  }
}
