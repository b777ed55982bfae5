import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {DatabaseSync} from 'node:sqlite'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {deliveryCounts, listEditions} from '@broadside/ledger'
import {programAt} from '@broadside/runtime'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {defaultOptions} from '../src/newsletter.ts'
import {addressOf, goLive, subscribe} from './fill-ledger.ts'
import {countsOf, startBed, until, type Bed} from './start-bed.ts'

vi.setConfig({testTimeout: 120_000, hookTimeout: 30_000})

let bed: Bed
const children: ChildProcess[] = []
const killed = 'newsletter: kills in one edition'
beforeEach(async () => {
  bed = await startBed()
  await goLive(bed.ledger, 1, {})
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await bed.stop()
})

const brisk = {deferMs: 50, takeOverMs: 300}
const news = () => goLive(bed.ledger, 2, {posts: [{id: 'news'}]})
const times = (address: string) => bed.received().get(address) ?? 0
const replies = async () => {
  const rows = await bed.ledger.db.selectFrom('deliveries').select(['state', 'reply', 'attempt']).execute()
  return rows.filter(({state}) => state !== 'accepted')
}

describe('a mail server that goes wrong', () => {
  test('a 450 for one recipient is tried again later and then taken', async () => {
    await subscribe(bed.ledger, 3)
    bed.smtp.fault({at: 'rcpt', answer: '450 4.2.1 mailbox is busy', to: addressOf(2), times: 2})
    await bed.start(brisk)
    await news()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 3})
    expect(times(addressOf(2))).toBe(1)
    const tries = await bed.ledger.db.selectFrom('deliveries').select('attempt').orderBy('subscriber').execute()
    expect(tries.map(({attempt}) => attempt)).toEqual([1, 3, 1])
  })

  test('a recipient that is put off for ever is given up on, and the edition completes', async () => {
    await subscribe(bed.ledger, 2)
    bed.smtp.fault({at: 'rcpt', answer: '451 4.3.0 not now', to: addressOf(1), times: 100})
    await bed.start({...brisk, giveUpMs: 150})
    await news()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 1, failed: 1})
    expect((await replies())[0]?.reply).toContain('gave up after')
  })

  test.each(['rcpt', 'data', 'dot'] as const)('a 550 at %s fails that recipient alone', async (at) => {
    await subscribe(bed.ledger, 4)
    bed.smtp.fault({at, answer: `550 5.1.1 <${addressOf(3)}> is unknown here`, to: addressOf(3)})
    await bed.start(brisk)
    await news()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 3, failed: 1})
    expect((await replies())[0]?.reply).toContain('unknown here')
    expect((await replies())[0]?.reply).not.toContain('readers.example')
  })

  test('a connection that ends after the final dot leaves an uncertain one, which is not sent again', async () => {
    await subscribe(bed.ledger, 4)
    bed.smtp.fault({at: 'dot', answer: 'drop', to: addressOf(1)})
    await bed.start(brisk)
    await news()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 3, uncertain: 1})
    expect(times(addressOf(1))).toBe(1)
  })

  test('a connection that ends before the final dot costs nobody a mail', async () => {
    await subscribe(bed.ledger, 4)
    bed.smtp.fault({at: 'body', answer: 'drop', to: addressOf(1)})
    await bed.start(brisk)
    await news()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 4})
  })

  test('an answer that comes while another is being written down is written down as well', async () => {
    await subscribe(bed.ledger, 2)
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    for (const [person, {promise}] of [first, second].entries()) {
      bed.smtp.fault({at: 'dot', answer: '250 2.0.0 queued', to: addressOf(person + 1), after: promise})
    }
    bed.beforeWrite = async () => {
      if (bed.answers !== 1) return
      second.resolve()
      await until(() => bed.answers === 2)
    }
    // Who sweeps would write in between, and make one group of both.
    await bed.start({...brisk, sweepMs: 60_000})
    await news()
    await until(() => bed.smtp.messages.length === 2)
    first.resolve()
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 2})
  })

  test('answers are written down though somebody else holds the ledger when they come', async () => {
    await subscribe(bed.ledger, 2)
    const [other, impatient] = [10_000, 1].map((timeout) => new DatabaseSync(`${bed.folder}/ledger.db`, {timeout}))
    let asked = 0
    bed.beforeWrite = async () => {
      if (bed.answers === 0) return
      asked += 1
      if (asked === 2) other!.close()
      if (asked !== 1) return
      other!.exec('begin immediate')
      // Fails as ours would after ten seconds.
      impatient!.exec('begin immediate')
    }
    await bed.start({...brisk, sweepMs: 60_000})
    await news()
    const {id} = await bed.edition('complete')
    impatient!.close()
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 2})
  })

  test('answers are written down, those under way too, when their part cannot go on', async () => {
    await subscribe(bed.ledger, 2)
    const second = Promise.withResolvers<void>()
    bed.smtp.fault({at: 'dot', answer: '250 2.0.0 queued', to: addressOf(2), after: second.promise})
    let asked = 0
    bed.beforeWrite = async () => {
      if (bed.answers === 0) return
      asked += 1
      if (asked === 1) throw new Error('something that nobody thought of')
      second.resolve()
    }
    await bed.start({...brisk, sweepMs: 60_000})
    await news()
    const {id, reason} = await bed.edition('paused')
    expect(reason).toBe('something that nobody thought of')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 2})
  })

  test('a server that turns everybody away for a while uses up nobody’s tries', async () => {
    await subscribe(bed.ledger, 5)
    bed.smtp.fault({at: 'connect', answer: '421 4.3.2 closing for a moment', times: 8})
    await bed.start({...brisk, giveUpMs: 1})
    await news()
    const {id} = await bed.edition('complete', 40_000)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 5})
  })

  test('a refusal by policy pauses the edition, and it goes on where it was when resumed', async () => {
    await subscribe(bed.ledger, 30)
    bed.smtp.fault({at: 'mail', answer: '550 5.7.1 you are on a list', times: 3})
    await bed.start(brisk)
    await news()
    const {id, reason} = await bed.edition('paused')
    expect(reason).toContain('you are on a list')
    const counts = await deliveryCounts(bed.ledger.db, id)
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(30)
    expect(counts.failed).toBe(0)
    for (;;) {
      await bed.ask('resume', {edition: id})
      await until(async () => ['paused', 'complete'].includes((await listEditions(bed.ledger.db))[0]!.state))
      if ((await listEditions(bed.ledger.db))[0]!.state === 'complete') break
    }
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 30})
    expect([...bed.received().values()].every((count) => count === 1)).toBe(true)
  })
})

describe('people who decide while it is being sent', () => {
  test('a pause stops it, a cancel leaves out the rest, and nobody is lost from the sum', async () => {
    const people = 60
    await subscribe(bed.ledger, people)
    const decided = Promise.withResolvers<void>()
    bed.smtp.fault({at: 'dot', answer: '250 2.0.0 queued', to: addressOf(25), after: decided.promise})
    await bed.start({...brisk, partSize: 10}, {connections: 1})
    await news()
    await until(() => times(addressOf(25)) === 1)
    const {id} = (await listEditions(bed.ledger.db))[0]!
    expect(await bed.ask('pause', {edition: id})).toMatchObject({state: 'paused'})
    decided.resolve()
    await until(async () => {
      const {claimed, submitting} = await deliveryCounts(bed.ledger.db, id)
      return claimed + submitting === 0
    })
    const sent = bed.smtp.messages.length
    expect(sent).toBeLessThan(people)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: sent, pending: people - sent})
    expect(await bed.ask('cancel', {edition: id})).toMatchObject({state: 'cancelled'})
    await until(async () => (await listEditions(bed.ledger.db))[0]!.completed_at !== null)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: sent, excluded: people - sent})
    expect(bed.smtp.messages).toHaveLength(sent)
  })
})

describe('what dies in the middle', () => {
  const main = fileURLToPath(programAt(new URL('../src/main.ts', import.meta.url)))

  async function run(connections: number, stdout: 'ignore' | 'pipe' = 'ignore'): Promise<ChildProcess> {
    const env = {...process.env, ...bed.env, SMTP_CONNECTIONS: String(connections), LOG_LEVEL: 'info'}
    const child = spawn(process.execPath, [main], {env, stdio: ['ignore', stdout, 'inherit']})
    children.push(child)
    return child
  }

  /** Runs it and waits until it works; how long a start takes is the machine's. */
  async function running(connections: number): Promise<void> {
    let said = ''
    const child = await run(connections, 'pipe')
    child.stdout!.on('data', (text) => (said += String(text)))
    await until(() => said.includes('queue.connected'))
  }

  test(
    'a process killed at random moments: nobody twice, nobody missing, few uncertain, on its way within 10 s',
    {timeout: isFullRun ? 3_600_000 : 120_000},
    async () => {
      const kills = testSize(killed)
      const connections = 5
      const count = isFullRun ? 5_000 : 300
      const people = await subscribe(bed.ledger, count)
      await news()
      // Moments close to each other have the next process killed while it starts.
      const moments = fc.sample(fc.noBias(fc.integer({min: 1, max: count * 0.9})), {
        seed: seedFor(killed),
        numRuns: kills,
      })
      for (const moment of moments.toSorted((a, b) => a - b)) {
        const child = await run(connections)
        await until(() => bed.smtp.messages.length >= moment, 60_000)
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      const before = bed.smtp.messages.length
      await running(connections)
      const since = performance.now()
      await until(() => bed.smtp.messages.length > before, 60_000)
      expect(performance.now() - since).toBeLessThan(10_000)
      const {id, audience} = await bed.edition('complete', 120_000)
      const {accepted, uncertain, ...rest} = await deliveryCounts(bed.ledger.db, id)
      expect([audience, accepted + uncertain]).toEqual([count, count])
      expect(rest).toEqual({pending: 0, claimed: 0, submitting: 0, deferred: 0, failed: 0, excluded: 0})
      expect(uncertain).toBeLessThanOrEqual(kills * connections)
      expect([...bed.received().values()].filter((mails) => mails > 1)).toEqual([])
      const doubtful = await bed.ledger.db
        .selectFrom('deliveries as d')
        .innerJoin('subscribers as s', 's.id', 'd.subscriber')
        .select('s.address')
        .where('d.state', '=', 'uncertain')
        .execute()
      const received = bed.received()
      const missing = people.filter((address) => !received.has(address))
      expect(doubtful.map(({address}) => address)).toEqual(expect.arrayContaining(missing))
    },
  )

  test('two processes share an edition, and a process that is asked to stop leaves nothing in doubt', async () => {
    await subscribe(bed.ledger, 300)
    const [first, second] = [await run(2), await run(2)]
    await news()
    await until(() => bed.smtp.messages.length >= 60, 30_000)
    first.kill('SIGTERM')
    await once(first, 'exit')
    const {id} = await bed.edition('complete', 40_000)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 300})
    expect(bed.smtp.messages).toHaveLength(300)
    second.kill('SIGTERM')
    expect(await once(second, 'exit')).toEqual([0, null])
  })

  test('a Redis that forgets everything in the middle delays the rest and doubles nothing', async () => {
    await subscribe(bed.ledger, 200)
    await bed.start({partSize: 10}, {connections: 1})
    await news()
    await until(() => bed.smtp.messages.length >= 20)
    await bed.flushRedis()
    const {id} = await bed.edition('complete', 30_000)
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 200})
    expect(bed.smtp.messages).toHaveLength(200)
  })

  test('an edition whose only job is lost is carried on once it was silent for long', async () => {
    expect(defaultOptions.takeOverMs + defaultOptions.sweepMs).toBeLessThan(10_000)
    await subscribe(bed.ledger, 5)
    bed.smtp.fault({at: 'connect', answer: '421 4.3.2 closing for a moment', times: 5})
    await bed.start({lanes: 1, takeOverMs: 2_000})
    await news()
    const waiting = async () =>
      (await listEditions(bed.ledger.db))[0]?.reason?.includes('closing for a moment') ?? false
    const inHand = async () => (await countsOf(bed.ledger, (await listEditions(bed.ledger.db))[0]!.id))['pending'] !== 5
    await until(async () => (await waiting()) && !(await inHand()))
    await until(async () => (await bed.flushRedis()) > 0)
    const {id} = await bed.edition('complete')
    expect(await countsOf(bed.ledger, id)).toEqual({accepted: 5})
  })
})
