import {mkdtemp, rm} from 'node:fs/promises'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {createBus} from '@broadside/bus'
import {
  deliveryCounts,
  ensureSite,
  listEditions,
  openLedger,
  openRequest,
  requestOutcome,
  type EditionRow,
  type Ledger,
} from '@broadside/ledger'
import {createQueue, type Queue} from '@broadside/queue'
import {createLogger, systemClock} from '@broadside/runtime'
import {findServer, freePort, startNats, startRedis, type RunningServer} from '@broadside/servers'
import {createSubmitter, type Submitter, type SubmitterTimeouts} from '@broadside/smtp'
import {createTokens} from '@broadside/subscribers'
import {createFaultySmtp, type FaultySmtp} from '@broadside/testkit'
import {createNewsletter, type NewsletterOptions} from '../src/index.ts'
import {site, tokenKeys} from './fill-ledger.ts'

export type Bed = {
  folder: string
  env: Record<string, string>
  ledger: Ledger
  smtp: FaultySmtp
  redis: RunningServer
  /** Waited for before each transaction; a test may put its own here. */
  beforeWrite: () => Promise<void>
  /** How many submissions have been answered. */
  answers: number
  /** The names of the jobs that newsletter has begun, one for each. */
  begun: string[]
  /** Runs newsletter in this process until the bed stops. */
  start: (
    options?: Partial<NewsletterOptions>,
    smtp?: {connections?: number; timeouts?: SubmitterTimeouts},
  ) => Promise<void>
  /** Puts the job of a letter into the queue, as audience does. */
  addLetterJob: (letter: string) => Promise<void>
  /** Asks newsletter to do something and gives its answer. */
  ask: (kind: string, payload: object) => Promise<unknown>
  /** The one edition there is, once it is in `state`. */
  edition: (state: string, withinMs?: number) => Promise<EditionRow>
  /** How often each address was written to, whether or not the server got round to saying so. */
  received: () => Map<string, number>
  /** Empties Redis; gives how many jobs waited for their time and are lost now. */
  flushRedis: () => Promise<number>
  stop: () => Promise<void>
}

/** NATS, Redis, an SMTP server that can go wrong, and a ledger with a site, all of one test's own. */
export async function startBed(): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-newsletter-'))
  const [natsProgram, redisProgram] = await Promise.all([findServer('nats'), findServer('redis')])
  const nats = await startNats({
    ...natsProgram,
    dir: join(folder, 'nats'),
    port: await freePort(),
    diesWithParent: true,
  })
  const redis = await startRedis({
    ...redisProgram,
    dir: join(folder, 'redis'),
    port: await freePort(),
    diesWithParent: true,
  })
  const smtp = await createFaultySmtp()
  const databaseUrl = `sqlite://${folder}/ledger.db`
  const ledger = await openLedger(databaseUrl, {beforeWrite: () => bed.beforeWrite()})
  await ensureSite(
    ledger.db,
    {
      name: site,
      remote: 'file:///nowhere',
      branch: 'main',
      site_url: 'http://127.0.0.1:8080/',
      audience_url: 'http://127.0.0.1:8081/',
    },
    {id: 'site-1', now: Date.now()},
  )
  const log = createLogger({service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: true})
  const running: (() => Promise<void>)[] = []

  const bed: Bed = {
    folder,
    ledger,
    smtp,
    redis,
    beforeWrite: async () => {},
    answers: 0,
    begun: [],
    env: {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Field notes <notes@field-notes.example>',
      TOKEN_KEYS: `test:${Buffer.from(tokenKeys[0]!.secret).toString('base64')}`,
      NEWSLETTER_PORT: '0',
    },
    async start(options = {}, {connections = 5, timeouts = {}} = {}) {
      const bus = createBus({natsUrl: nats.url, service: 'newsletter', ledger, log})
      const queue = createQueue({redisUrl: redis.url, ledger, log})
      const submitter = createSubmitter({url: smtp.url, connections, timeouts})
      const counted: Submitter = {
        ...submitter,
        submit: (submission) => submitter.submit(submission).finally(() => (bed.answers += 1)),
      }
      const noted: Queue = {
        ...queue,
        work(name, {handle, ...options}) {
          queue.work(name, {
            ...options,
            handle(data, context) {
              bed.begun.push(name)
              return handle(data, context)
            },
          })
        },
      }
      const newsletter = createNewsletter(
        {
          ledger,
          bus,
          queue: noted,
          submitter: counted,
          tokens: createTokens({keys: tokenKeys}),
          clock: systemClock,
          log,
        },
        {mailFrom: 'notes@field-notes.example', sweepMs: 100, announceMs: 200, ...options},
      )
      const services = [newsletter, queue, bus]
      for (const service of services) await service.start()
      running.push(async () => {
        for (const service of services.toReversed()) await service.stop()
        await submitter.close()
      })
    },
    async addLetterJob(letter) {
      const queue = createQueue({redisUrl: redis.url, ledger, log})
      await queue.add('letter.submit', {site, letter}, {attempt: 1})
      await queue.stop()
    },
    async ask(kind, payload) {
      const id = await openRequest(ledger.db, {service: 'newsletter', kind, payload, now: Date.now()})
      await until(async () => (await requestOutcome(ledger.db, id)).state !== 'open')
      const outcome = await requestOutcome(ledger.db, id)
      return outcome.state === 'done' ? outcome.result : outcome
    },
    async edition(state, withinMs) {
      const find = async () => (await listEditions(ledger.db)).find((edition) => edition.state === state)
      await until(find, withinMs)
      return (await find())!
    },
    received: () =>
      new Map([...Map.groupBy(smtp.messages, ({to}) => to)].map(([to, messages]) => [to, messages.length])),
    async flushRedis() {
      const socket = connect(redis.port, '127.0.0.1')
      socket.write('ZCARD broadside:mail:delayed\r\nFLUSHALL\r\n')
      let answer = ''
      for await (const chunk of socket) {
        answer += String(chunk)
        if (/^:\d+\r\n\+OK\r\n$/.test(answer)) break
      }
      return Number(/^:(\d+)/.exec(answer)?.[1])
    },
    async stop() {
      for (const stop of running) await stop()
      await Promise.all([nats.stop(), redis.stop(), smtp.close()])
      await ledger.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
  return bed
}

/** States that anybody is in, and the sum of all. */
export async function countsOf(ledger: Ledger, edition: string): Promise<Record<string, number>> {
  const counts = Object.entries(await deliveryCounts(ledger.db, edition)).filter(([, people]) => people > 0)
  return Object.fromEntries(counts)
}

/** Resolves when `condition` holds; rejects when it does not within `withinMs`. */
export async function until(condition: () => unknown, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await delay(5)
  }
}
