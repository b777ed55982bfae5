import {createHash} from 'node:crypto'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {defaultSettings} from '@broadside/content'
import {ensureSite, openLedger, openRequest, requestOutcome, type Ledger, type RequestOutcome} from '@broadside/ledger'
import {createQueue} from '@broadside/queue'
import {createLogger, type Clock} from '@broadside/runtime'
import {findServer, freePort, startRedis} from '@broadside/servers'
import {createTokens, type TokenClaims, type Tokens} from '@broadside/subscribers'
import {createAudience, createSpool, type AudienceOptions} from '../src/index.ts'

export const site = 'field-notes'

export type Bed = {
  ledger: Ledger
  tokens: Tokens
  clock: Clock & {advance: (ms: number) => void}
  databaseUrl: string
  /** Where requests to leave are kept while the ledger cannot be written. */
  spoolFolder: string
  /** Letters whose jobs were handed to a worker. */
  sent: string[]
  /** Everything that was logged, as text. */
  logged: () => string
  get: (path: string, headers?: Record<string, string>) => Promise<Response>
  post: (path: string, body?: Record<string, string> | string, headers?: Record<string, string>) => Promise<Response>
  sign: (claims: Pick<TokenClaims, 'purpose'> & {subscriber: string; expiresAt?: Date}) => string
  /** Every subscriber as `address state`. */
  people: () => Promise<string[]>
  only: () => Promise<string>
  ask: (kind: string, payload: object) => Promise<RequestOutcome>
  file: (name: string, text: string) => Promise<string>
  /** All of the ledger that says something of people, as text. */
  state: () => Promise<string>
  stop: () => Promise<void>
}

/** A ledger with a site, Redis, and the service. */
export async function startBed(options: Partial<AudienceOptions> = {}): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-audience-'))
  const redis = await startRedis({
    ...(await findServer('redis')),
    dir: join(folder, 'redis'),
    port: await freePort(),
    diesWithParent: true,
  })
  const databaseUrl = `sqlite://${folder}/ledger.db`
  const ledger = await openLedger(databaseUrl, {busyMs: 20})
  await ensureSite(
    ledger.db,
    {
      name: site,
      remote: 'file:///nowhere',
      branch: 'main',
      site_url: 'https://field-notes.example/',
      audience_url: 'https://people.field-notes.example/',
    },
    {id: 'site-1', now: Date.now()},
  )
  await writeRelease(ledger)
  const lines: string[] = []
  const log = createLogger({service: 'test', level: 'silent', pretty: false})
  log.level = 'debug'
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    log[level] = (...what: unknown[]) => void lines.push(JSON.stringify(what))
  }
  let ahead = 0
  const clock = {now: () => Date.now() + ahead, advance: (ms: number) => void (ahead += ms)}
  const tokens = createTokens({keys: [{id: 'k1', secret: new Uint8Array(32).fill(3)}]})
  const queue = createQueue({redisUrl: redis.url, ledger, log})
  const sent: string[] = []
  queue.work('letter.submit', {
    concurrency: 1,
    async handle({letter}) {
      sent.push(letter)
    },
  })
  await queue.start()
  const spoolFolder = join(folder, 'left')
  const audience = createAudience({ledger, queue, tokens, spool: createSpool(spoolFolder), clock, log}, options)
  await audience.start()

  const bed: Bed = {
    ledger,
    tokens,
    clock,
    sent,
    databaseUrl,
    spoolFolder,
    logged: () => lines.join('\n'),
    get: async (path, headers = {}) => audience.routes.request(path, {headers}),
    post: async (path, body = {}, headers = {}) =>
      audience.routes.request(path, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : new URLSearchParams(body),
      }),
    sign: ({purpose, subscriber, expiresAt}) =>
      tokens.sign({purpose, site, subscriber, ...(expiresAt === undefined ? {} : {expiresAt})} as TokenClaims),
    async people() {
      const rows = await ledger.db.selectFrom('subscribers').select(['address', 'state']).orderBy('address').execute()
      return rows.map(({address, state}) => `${address} ${state}`)
    },
    async only() {
      return (await ledger.db.selectFrom('subscribers').select('id').executeTakeFirstOrThrow()).id
    },
    async ask(kind, payload) {
      const id = await openRequest(ledger.db, {service: 'audience', kind, payload, now: Date.now()})
      await until(async () => (await requestOutcome(ledger.db, id)).state !== 'open')
      return requestOutcome(ledger.db, id)
    },
    async file(name, text) {
      const path = join(folder, name)
      await writeFile(path, text)
      return path
    },
    async state() {
      const tables = ['subscribers', 'audience_journal', 'letters'] as const
      return JSON.stringify(await Promise.all(tables.map((table) => ledger.db.selectFrom(table).selectAll().execute())))
    },
    async stop() {
      await audience.stop()
      await queue.stop()
      await redis.stop()
      await ledger.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
  return bed
}

/** A live release, so that there is a look to show pages in. */
async function writeRelease({db}: Ledger): Promise<void> {
  const now = Date.now()
  const settings = {...defaultSettings(site), title: 'Field notes', language: 'de-AT'}
  const hashes: string[] = []
  for (const body of [JSON.stringify(settings), '{}']) {
    const hash = createHash('sha256').update(body).digest('hex')
    await db.insertInto('texts').values({hash, body}).execute()
    hashes.push(hash)
  }
  const common = {site, number: 1, state: 'rendered', cause: 'push', summary: '{}', commit_id: '0'.repeat(40)}
  const at = {as_of: now, accepted_at: now, rendered_at: now}
  await db
    .insertInto('revisions')
    .values({...common, ...at, settings_hash: hashes[0]!, theme_hash: hashes[1]!, urls: '[]'})
    .execute()
  const counts = {wave: 4, attempt: 1, planned: 0, uploaded: 0, removed: 0, unchanged: 0}
  const times = {opened_at: now, progress_at: now, proving_at: now, live_at: now, done_at: now}
  await db
    .insertInto('releases')
    .values({site, number: 1, revision: 1, state: 'done', ...counts, proof: 'objects', trouble: null, ...times})
    .execute()
}

/** Resolves when `condition` holds; rejects when it does not within `withinMs`. */
export async function until(condition: () => unknown, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await delay(5)
  }
}
