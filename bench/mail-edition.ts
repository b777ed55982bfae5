import {fork} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {createBus} from '@broadside/bus'
import {deliveryCounts, ensureSite, findEdition, listEditions, openLedger, type Ledger} from '@broadside/ledger'
import {createQueue} from '@broadside/queue'
import {createLogger, systemClock} from '@broadside/runtime'
import {findServer, freePort, startNats, startRedis} from '@broadside/servers'
import {createNewsletter} from '@broadside/service-newsletter'
import {createSubmitter, type DkimSigner} from '@broadside/smtp'
import {createTokens} from '@broadside/subscribers'
import {sql} from 'kysely'
import {goLive, site, tokenKeys} from '../services/newsletter/test/fill-ledger.ts'

export type EditionRun = {
  freezeMs: number
  /** The longest that another writer waited for the ledger meanwhile. */
  longestWaitMs: number
  sendMs: number
  cpuMs: number
  accepted: number
  memoryMb: number
}

/**
 * One edition on its whole way: frozen, claimed, composed, signed, submitted, settled; by this process alone, with NATS
 * and Redis in theirs. CPU is that of this process from the end of the freeze to the last settled row.
 */
export async function sendEdition(given: {
  url: string
  people: number
  body: string
  connections: number
  signer: DkimSigner | undefined
  freezeOnly: boolean
}): Promise<EditionRun> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-bench-mail-'))
  const [natsProgram, redisProgram] = await Promise.all([findServer('nats'), findServer('redis')])
  const own = {diesWithParent: true} as const
  const nats = await startNats({...natsProgram, ...own, dir: join(folder, 'nats'), port: await freePort()})
  const redis = await startRedis({...redisProgram, ...own, dir: join(folder, 'redis'), port: await freePort()})
  const ledger = await openLedger(`sqlite://${folder}/ledger.db`)
  const row = {name: site, remote: 'file:///nowhere', branch: 'main'}
  const urls = {site_url: 'https://bench.example/', audience_url: 'https://bench.example/audience/'}
  await ensureSite(ledger.db, {...row, ...urls}, {id: 'site-1', now: Date.now()})
  await subscribe(ledger, given.people)
  await goLive(ledger, 1, {})
  await goLive(ledger, 2, {posts: [{id: 'news', body: given.body}]})
  const log = createLogger({service: 'bench', level: process.env['LOG_LEVEL'] ?? 'silent'})
  const bus = createBus({natsUrl: nats.url, service: 'newsletter', ledger, log})
  const queue = createQueue({redisUrl: redis.url, ledger, log})
  const submitter = createSubmitter({url: given.url, connections: given.connections})
  const newsletter = createNewsletter(
    {ledger, bus, queue, submitter, tokens: createTokens({keys: tokenKeys}), clock: systemClock, log},
    {mailFrom: 'Notes <notes@bench.example>', signerOf: () => given.signer},
  )
  const services = [newsletter, queue, bus]
  const waits = given.freezeOnly ? await watchWriter(`sqlite://${folder}/ledger.db`) : undefined
  const started = performance.now()
  for (const service of services) await service.start()
  const {id} = (await untilSome(() => listEditions(ledger.db)))[0]!
  await untilSome(async () => ((await findEdition(ledger.db, id))?.frozen_at == null ? [] : [true]))
  const freezeMs = performance.now() - started
  const longestWaitMs = (await waits?.stop()) ?? 0
  const sending = performance.now()
  const before = process.cpuUsage()
  if (!given.freezeOnly) {
    await untilSome(async () => ((await findEdition(ledger.db, id))?.state === 'complete' ? [true] : []))
  }
  const sendMs = performance.now() - sending
  const {user, system} = process.cpuUsage(before)
  const {accepted} = await deliveryCounts(ledger.db, id)
  for (const service of services.toReversed()) await service.stop()
  await submitter.close({patienceMs: 1_000})
  await ledger.close()
  await Promise.all([nats.stop(), redis.stop()])
  await rm(folder, {recursive: true, force: true})
  const memoryMb = process.resourceUsage().maxRSS / 1024
  return {freezeMs, longestWaitMs, sendMs, cpuMs: (user + system) / 1000, accepted, memoryMb}
}

/** All active, without the ceremony of signing up. */
async function subscribe(ledger: Ledger, people: number): Promise<void> {
  for (let from = 0; from < people; from += 10_000) {
    const numbers = sql`with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${Math.min(from + 10_000, people) - 1})`
    await ledger.transaction(async (tx) => {
      await sql`insert into subscribers (site, id, address, key, state, created_at, changed_at) ${numbers}
        select ${site}, printf('s%07d', i), printf('person-%d@readers-%d.example', i, i % 100),
          printf('person-%d@readers-%d.example', i, i % 100), 'active', 0, 0 from n`.execute(tx)
      await sql`insert into audience_journal (site, subscriber, event, state, cause, at) ${numbers}
        select ${site}, printf('s%07d', i), 'vouched', 'active', 'bench', 0 from n`.execute(tx)
    })
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

async function untilSome<Item>(look: () => Promise<Item[]>): Promise<Item[]> {
  for (;;) {
    const found = await look()
    if (found.length > 0) return found
    await delay(20)
  }
}
