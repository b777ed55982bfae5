import {fork} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, readdir, rm, stat} from 'node:fs/promises'
import {createConnection} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {setTimeout as delay} from 'node:timers/promises'
import {deliveryCounts, findEdition, listEditions, type Ledger} from '@broadside/ledger'
import {findServer, freePort, startNats, startRedis} from '@broadside/servers'
import {runProgram, type Program} from '@broadside/testkit'
import {tokenKeys} from '../services/newsletter/test/fill-ledger.ts'
import {fillAudience} from './mail-audience.ts'
import {processCost} from './process-cost.ts'

export type EditionRun = {
  freezeMs: number
  /** The longest that another writer waited for the ledger meanwhile. */
  longestWaitMs: number
  sendMs: number
  cpuMs: number
  accepted: number
  /** The most in each tenth of the recipients. */
  memoryMb: number[]
  /** What lies on the disk afterwards, and what Redis held at most. */
  usedMb: {ledger: number; nats: number; redis: number}
  /** What the SQL statements took of it, where that was asked for. */
  ledger?: {cpuMs: number; tookMs: number; statements: number}
}

/**
 * One edition on its whole way: frozen, claimed, composed, signed, submitted, settled; by the newsletter service as it is
 * started anywhere, with NATS and Redis in processes of their own. CPU is that of the service from the end of the freeze
 * to the last settled row.
 */
export async function sendEdition(given: {
  url: string
  people: number
  body: string
  connections: number
  /** The private key that mails are signed with, in PEM. */
  pem: string | undefined
  freezeOnly: boolean
  meterLedger: boolean
}): Promise<EditionRun> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-bench-mail-'))
  const [natsProgram, redisProgram] = await Promise.all([findServer('nats'), findServer('redis')])
  const own = {diesWithParent: true} as const
  const nats = await startNats({...natsProgram, ...own, dir: join(folder, 'nats'), port: await freePort()})
  const redis = await startRedis({...redisProgram, ...own, dir: join(folder, 'redis'), port: await freePort()})
  const databaseUrl = `sqlite://${folder}/ledger.db`
  const ledger = await fillAudience(databaseUrl, given)
  const waits = given.freezeOnly ? await watchWriter(databaseUrl) : undefined
  const meter = join(folder, 'meter.json')
  const started = performance.now()
  const program = runProgram(new URL('../services/newsletter/src/main.ts', import.meta.url), {
    env: {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      SMTP_URL: given.url,
      SMTP_CONNECTIONS: String(given.connections),
      MAIL_FROM: 'Notes <notes@bench.example>',
      TOKEN_KEYS: tokenKeys.map(({id, secret}) => `${id}:${Buffer.from(secret).toString('base64')}`).join(),
      NEWSLETTER_PORT: '0',
      LOG_LEVEL: 'warn',
      ...signing(given.pem),
      ...(given.meterLedger ? {BENCH_METER: meter} : {}),
    },
    nodeArgs: [
      // As docker-compose.yml starts it.
      '--max-semi-space-size=4',
      '--heap-growing-percent=30',
      ...(given.meterLedger ? ['--import', join(import.meta.dirname, 'mail-ledger-meter.ts')] : []),
    ],
  })
  const id = await frozenEdition(ledger, program)
  const freezeMs = performance.now() - started
  const longestWaitMs = (await waits?.stop()) ?? 0
  const sent = given.freezeOnly
    ? {sendMs: 0, cpuMs: 0, accepted: 0, memoryMb: [(await processCost(program.pid)).memoryMb]}
    : await untilComplete(ledger, id, program, given.people)
  await (given.freezeOnly ? program.kill() : program.stop())
  const redisMb = Number(/used_memory_peak:(\d+)/.exec(await askRedis(redis.url))?.[1]) / 1e6
  await ledger.close()
  await Promise.all([nats.stop(), redis.stop()])
  const usedMb = {ledger: await sizeMb(folder, /ledger/), nats: await sizeMb(join(folder, 'nats')), redis: redisMb}
  const metered = existsSync(meter) ? {ledger: JSON.parse(readFileSync(meter, 'utf8'))} : {}
  await rm(folder, {recursive: true, force: true})
  return {freezeMs, longestWaitMs, usedMb, ...sent, ...metered}
}

function signing(pem: string | undefined): Record<string, string> {
  if (pem === undefined) return {}
  const of = 'BROADSIDE_SITE_FIELD_NOTES_DKIM'
  return {[`${of}_KEY`]: pem, [`${of}_DOMAIN`]: 'bench.example', [`${of}_SELECTOR`]: 'bench'}
}

async function frozenEdition(ledger: Ledger, program: Program): Promise<string> {
  for (;;) {
    if (program.isOver()) throw new Error(`newsletter ended: ${program.output()}`)
    const edition = (await listEditions(ledger.db))[0]
    if (edition?.frozen_at != null) return edition.id
    await delay(20)
  }
}

/** Looks now and then, seldom where there are many, since counting them takes CPU of the machine too. */
async function untilComplete(
  ledger: Ledger,
  id: string,
  program: Program,
  people: number,
): Promise<Pick<EditionRun, 'sendMs' | 'cpuMs' | 'accepted' | 'memoryMb'>> {
  const before = await processCost(program.pid)
  const memoryMb: number[] = []
  for (;;) {
    await delay(people < 100_000 ? 100 : 3_000)
    if (program.isOver()) throw new Error(`newsletter ended: ${program.output()}`)
    const edition = await findEdition(ledger.db, id)
    const {accepted, ...others} = await deliveryCounts(ledger.db, id)
    const cost = await processCost(program.pid)
    const tenth = Math.min(9, Math.floor((accepted * 10) / people))
    memoryMb[tenth] = Math.max(memoryMb[tenth] ?? 0, cost.memoryMb)
    if (edition?.state === 'paused') throw new Error(`the edition is paused: ${edition.reason}`)
    if (edition?.state !== 'complete') continue
    if (accepted !== people) throw new Error(`not all were accepted: ${JSON.stringify({accepted, ...others})}`)
    const sendMs = (edition.completed_at ?? 0) - (edition.frozen_at ?? 0)
    return {sendMs, cpuMs: cost.cpuMs - before.cpuMs, accepted, memoryMb}
  }
}

/** Another process that writes to the ledger meanwhile; `stop` tells how long it had to wait at most, ms. */
async function watchWriter(url: string): Promise<{stop: () => Promise<number>}> {
  const child = fork(join(import.meta.dirname, 'mail-writer.ts'), [url])
  await once(child, 'message')
  return {
    async stop() {
      child.send('stop')
      const [longest] = (await once(child, 'message')) as [number]
      return longest
    },
  }
}

async function askRedis(url: string): Promise<string> {
  const {hostname, port} = new URL(url)
  const socket = createConnection({host: hostname, port: Number(port)})
  socket.write('INFO memory\r\nQUIT\r\n')
  return text(socket)
}

async function sizeMb(folder: string, name = /./): Promise<number> {
  const entries = await readdir(folder, {recursive: true})
  const sizes = entries.filter((path) => name.test(path)).map(async (path) => (await stat(join(folder, path))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1e6
}
