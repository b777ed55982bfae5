import {countDeadLetters, deliveryCounts, listEditions} from '@broadside/ledger'
import {openObjects} from '@broadside/objects'
import {startFaultyGateway, until, type GatewayFault} from '@broadside/testkit'
import {isFullRun} from '@broadside/testkit/test-size'
import {afterAll, beforeAll, expect, onTestFinished, test, vi} from 'vitest'
import {freshSite, manifestSite, publishedSite} from '../published-site.ts'
import {post} from '../starts/site-repo.ts'
import {s3Credentials, startApart, type Apart, type Worker} from './start-apart.ts'

const settings = 'title: Notes\ntimezone: UTC\nnewsletter:\n  from: Notes <notes@notes.example>\n'
const readers = ['ana', 'ben', 'cem', 'dua'].map((name) => `${name}@readers.example`)
const count = 120

let apart: Apart
let renderers: Worker[]
let publishers: Worker[]
let others: Worker[]

/** So many posts that their pages are several parts of a wave. */
function posts(edition: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({length: count}, (_, index) => [
      `posts/note-${String(index).padStart(3, '0')}.md`,
      post(`Note ${index}`, `The ${edition} edition of note ${index}.`),
    ]),
  )
}

/** What a process did of one revision or release, by the name of the line it logs. */
const workOf = (worker: Worker, event: string, key: Record<string, number>) =>
  worker
    .logged()
    .filter((line) => line['event'] === event && Object.entries(key).every(([name, value]) => line[name] === value))

const rendered = (worker: Worker, revision: number) => workOf(worker, 'revision.documents.rendered', {revision})
const put = (worker: Worker, release: number) => workOf(worker, 'release.part.put', {release})

beforeAll(async () => {
  for (const [name, value] of Object.entries(s3Credentials)) vi.stubEnv(name, value)
  apart = await startApart({'broadside.yaml': settings, ...posts('first')})
  const names = [
    'renderer',
    'renderer',
    'publisher',
    'publisher',
    'newsletter',
    'notifier',
    'audience',
    'console',
  ] as const
  const started = await Promise.all(names.map((name) => apart.start(name)))
  renderers = started.filter(({service}) => service === 'renderer')
  publishers = started.filter(({service}) => service === 'publisher')
  others = started.filter(({service}) => !['renderer', 'publisher'].includes(service))
  // Last, so that the first import meets everybody at work.
  others.push(await apart.start('intake'))
  for (const address of readers) await apart.request('audience', 'subscribers.add', {site: apart.run.site, address})
}, 90_000)
afterAll(async () => {
  await apart?.stop()
  vi.unstubAllEnvs()
})

async function expectWhole(): Promise<void> {
  const published = await publishedSite(apart)
  expect(Object.keys(published).length).toBeGreaterThan(count)
  expect(await manifestSite(apart)).toEqual(published)
  expect(await freshSite(apart)).toEqual(published)
  expect(await countDeadLetters(apart.ledger.db)).toBe(0)
}

test('each service says that it lives and that it is ready', async () => {
  for (const {url} of [...renderers, ...publishers, ...others]) {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({status: 'ok'})
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({status: 'ok', checks: {ledger: 'sqlite'}})
  }
})

test('two renderers and two publishers share the first import, and nobody is mailed', async () => {
  await apart.published(1)
  for (const renderer of renderers) expect(rendered(renderer, 1).length).toBeGreaterThan(0)
  for (const publisher of publishers) expect(put(publisher, 1).length).toBeGreaterThan(0)
  await expectWhole()
  expect(apart.capture.list()).toEqual([])
}, 60_000)

test('one of each is killed in the middle of a push: the others finish it, and each subscriber has one mail', async () => {
  await apart.repo.write({...posts('second'), 'posts/news.md': post('News')})
  await apart.repo.commit('all of them, and one more', {date: Date.now()})
  expect(await apart.push()).toMatch(/^revision 2: 1 new, 120 changed; mail: 4 people, at once/)

  const firstRenderer = await until('a renderer is at work', () => renderers.find((one) => rendered(one, 2).length > 0))
  await firstRenderer.kill()
  const firstPublisher = await until('a publisher is at work', () => publishers.find((one) => put(one, 2).length > 0))
  await firstPublisher.kill()
  const release = await apart.ledger.db
    .selectFrom('releases')
    .selectAll()
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow()
  expect(release.state).toBe('putting')

  await apart.published(2)
  await expectWhole()
  await until('the mail is sent', async () => (await listEditions(apart.ledger.db))[0]?.state === 'complete')
  const [edition] = await listEditions(apart.ledger.db)
  expect(await deliveryCounts(apart.ledger.db, edition!.id)).toMatchObject({accepted: readers.length})
  expect(
    apart.capture
      .list()
      .map(({to, subject}) => [...to, subject])
      .toSorted(),
  ).toEqual(readers.map((reader) => [reader, 'News']))
  renderers = renderers.filter((one) => one !== firstRenderer)
  publishers = publishers.filter((one) => one !== firstPublisher)
}, 90_000)

test('a push is accepted while no renderer runs, and goes on when one starts', async () => {
  for (const renderer of renderers) expect(await renderer.stop()).toEqual({code: 0, signal: null})
  await apart.repo.write({'posts/note-000.md': post('Note 0', 'Written while nobody rendered.')})
  await apart.repo.commit('later')
  expect(await apart.push()).toMatch(/^revision 3: 1 changed/)
  const state = async () =>
    (await apart.ledger.db.selectFrom('revisions').select('state').where('number', '=', 3).executeTakeFirst())?.state
  expect(await state()).toBe('accepted')

  renderers = [await apart.start('renderer')]
  await apart.published(3)
  expect(await state()).toBe('rendered')
  await expectWhole()
  expect(apart.capture.list()).toHaveLength(readers.length)
}, 60_000)

// It sleeps for a whole minute, which is too long for a small run.
const inFullRun = isFullRun ? test : () => {}
inFullRun(
  'a publisher that sleeps for a minute with a put on its way writes nothing that stays',
  async () => {
    for (const awake of publishers) expect(await awake.stop()).toEqual({code: 0, signal: null})
    const gateway = await startFaultyGateway(apart.s3Port)
    onTestFinished(() => gateway.close())
    const sleeper = await apart.start('publisher', {s3Port: gateway.port})
    const onItsWay = Promise.withResolvers<string>()
    const mayComeDown = Promise.withResolvers<void>()
    let isFirst = true
    gateway.choose = async ({method, path}): Promise<GatewayFault> => {
      const note = /\/posts\/(note-\d+)\/index\.html$/.exec(path)?.[1]
      if (method !== 'PUT' || note === undefined || !isFirst) return 'none'
      isFirst = false
      onItsWay.resolve(note)
      await mayComeDown.promise
      return 'none'
    }
    await apart.repo.write(posts('third'))
    await apart.repo.commit('all of them again')
    await apart.push()
    const note = await onItsWay.promise
    sleeper.signal('SIGSTOP')
    const fellAsleep = performance.now()

    publishers = [await apart.start('publisher')]
    await apart.published(4)
    await apart.repo.write({[`posts/${note}.md`]: post(note, 'Written while one slept.')})
    await apart.repo.commit('while one sleeps')
    await apart.push()
    await apart.published(5)
    await expectWhole()
    await until('a minute is over', () => performance.now() - fellAsleep > 60_000, {withinMs: 70_000})

    const objects = await openObjects(apart.run.objectsUrl)
    onTestFinished(() => objects.close())
    const page = async () => String(Buffer.from((await objects.get(`sites/notes/posts/${note}/index.html`))!.body))
    mayComeDown.resolve()
    await until('the late put has come down', async () => (await page()).includes('The third edition'))
    sleeper.signal('SIGCONT')
    const isRight = async () => (await page()).includes('Written while one slept.')
    // Ten seconds, and more for three processes that a busy machine lets wait.
    await until('it is put right', isRight, {withinMs: 30_000})
    await until('nothing is in doubt', async () => {
      const doubt = apart.ledger.db.selectFrom('manifest').select('key').where('state', '=', 'doubt')
      return (await doubt.executeTakeFirst()) === undefined
    })
    await apart.published(5)
    await expectWhole()
    expect((await fetch(`${sleeper.url}/readyz`)).status).toBe(200)
    publishers.push(sleeper)
  },
  240_000,
)

test('each service ends with code 0 when it is told to', async () => {
  for (const worker of [...renderers, ...publishers, ...others]) {
    expect(await worker.stop(), worker.service).toEqual({code: 0, signal: null})
  }
})
