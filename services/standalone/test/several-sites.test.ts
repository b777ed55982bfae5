import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {connect as connectTo, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {pathToFileURL} from 'node:url'
import {run} from '@broadside/cli'
import {createCaptureServer, type CaptureServer} from '@broadside/smtp'
import {connect} from '@nats-io/transport-node'
import {listDeadLetters} from '@broadside/ledger'
import {afterAll, beforeAll, expect, onTestFinished, test, vi} from 'vitest'
import {createObjectsControl, createRepo, slowObjects, until} from '@broadside/testkit'
import {post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import {startWorld, type World} from './start-world.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

/** One installation with two sites for the file; each test goes on from the one before it. */
let world: World
let second: Awaited<ReturnType<typeof createRepo>>
const objects = createObjectsControl()
let beforeRender: (file: string) => Promise<void> | void = () => {}
/** Of the second site alone: a folder for its files, and a mail server. */
let folder: string
let mailServer: CaptureServer
/** What the work of both says, and what it asks of Redis. */
const logged: string[] = []
let commands = ''
let monitor: Socket
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-second-'))
  mailServer = await createCaptureServer({dir: join(folder, 'mail')})
  vi.stubEnv('BROADSIDE_SITE_SECOND_OBJECTS_URL', pathToFileURL(join(folder, 'objects')).href)
  vi.stubEnv('BROADSIDE_SITE_SECOND_SMTP_URL', mailServer.url)
  world = await startWorld({
    files: {'posts/a.md': post('Tern A')},
    subscribers: ['ana@readers.example'],
    wrapObjects: (real) => slowObjects(real, objects),
    beforeRender: (file) => beforeRender(file),
    // One worker for the parts of both; one that a test holds is not given up meanwhile.
    publisher: {concurrency: 1, callMs: 40_000},
    hear: (line) => void logged.push(line),
  })
  monitor = connectTo(Number(new URL(world.servers.urls.redis).port), '127.0.0.1')
  monitor.setEncoding('utf8').on('data', (text: string) => void (commands += text))
  monitor.write('MONITOR\r\n')
  second = await createRepo()
  await write({'broadside.yaml': 'title: Second\nnewsletter: true\n', 'posts/a.md': post('Quince A')})
}, 60_000)
afterAll(async () => {
  monitor.destroy()
  await world.stop()
  await second.destroy()
  await mailServer.close()
  await rm(folder, {recursive: true, force: true})
  vi.unstubAllEnvs()
})

test('a site that is added is published beside the first, each from its own repository and at its own address', async () => {
  const url = `${world.run.siteUrl}~second`
  expect(await add('second', url)).toEqual({site: 'second', state: 'active', url: `${url}/`})
  await bothSettled()
  expect((await world.get('/posts/a/')).body).toContain('The text of Tern A.')
  expect((await world.get('/~second/posts/a/')).body).toContain('The text of Quince A.')
  expect((await world.get('/~second')).status).toBe(301)
  expect((await world.get('/~second/nowhere/')).body).toContain('Second')
  const own = pathToFileURL(join(folder, 'objects')).href
  for (const run of [world.run, {site: 'second', objectsUrl: own}]) {
    const installation = {ledger: world.ledger, run}
    expect(await publishedSite(installation)).toEqual(await freshSite(installation))
  }
  expect(await publishedSite({ledger: world.ledger, run: {...world.run, site: 'second'}})).toEqual({})
})

test('a post goes to the readers of its own site alone, by the mail server of that site', async () => {
  for (const address of ['ana@readers.example', 'ben@readers.example']) {
    await world.request('audience', 'subscribers.add', {site: 'second', address})
  }
  await world.push({'posts/b.md': post('Tern B')})
  await write({'posts/b.md': post('Quince B')})
  await push()
  await bothSettled()
  const [first, other] = await until('all are mailed', async () => {
    const all = [await world.mails(), mailServer.list()] as const
    return all[0].length >= 1 && all[1].length >= 2 ? all : undefined
  })
  expect(first.map(line)).toEqual(['Tern B to ana@readers.example'])
  expect(other.map(line).toSorted()).toEqual(['Quince B to ana@readers.example', 'Quince B to ben@readers.example'])
})

test('who leaves one site stays with the other', async () => {
  const mail = mailServer.list().find(({to}) => to.includes('ana@readers.example'))!
  const {headers} = (await mailServer.get(mail.id))!
  const [, link = ''] = /<(http[^>]+)>/.exec(headers.find(({key}) => key === 'list-unsubscribe')!.value) ?? []
  expect(
    (await fetch(link, {method: 'POST', body: new URLSearchParams({'List-Unsubscribe': 'One-Click'})})).status,
  ).toBe(200)
  const rows = await world.ledger.db
    .selectFrom('subscribers')
    .select(['site', 'state'])
    .where('address', '=', 'ana@readers.example')
    .orderBy('site')
    .execute()
  expect(rows).toEqual([
    {site: 'second', state: 'unsubscribed'},
    {site: 'test', state: 'active'},
  ])
})

test('no site takes the address or the domain of another one', async () => {
  const base = world.run.siteUrl
  for (const url of [base, `${base}below/`, `${base}~second/`, `${base}~second/below/`]) {
    await expect(add('third', url), url).rejects.toThrow('site.url-taken')
  }
  await expect(add('second', 'https://x.example/')).rejects.toThrow('site.exists')
  await add('third', `${base}~third/`, ['third.example'])
  await write({
    'broadside.yaml': 'title: Second\nnewsletter: {from: us@mail.third.example}\n',
    'posts/c.md': post('Quince C'),
  })
  await push()
  const edition = await until('its mail waits', async () =>
    world.ledger.db
      .selectFrom('editions')
      .selectAll()
      .where('site', '=', 'second')
      .where('state', '=', 'held')
      .executeTakeFirst(),
  )
  expect(edition.reason).toContain('second may not write from mail.third.example')
  await world.request('intake', 'site.remove', {site: 'third'})
})

test('while a site is flooded, a post of another one is rendered and live, and its parts are put in between', async () => {
  const many = Array.from({length: 60}, (_, n) => [`posts/many-${n}.md`, post(`Tern ${n}`, {date: '2026-01-02'})])
  const [isLive, isQueued, puts] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [Gate, Gate, Gate]
  onTestFinished(() => [isLive, isQueued].forEach(({resolve}) => resolve()))
  const rendering = new Set<string>()
  beforeRender = (file) => {
    rendering.add(file)
    return file.startsWith('posts/many-') ? isLive.promise : undefined
  }
  const ofFlood = (key: string) => key.startsWith('sites/test/posts/many-')
  objects.beforePut = (key) => {
    if (!ofFlood(key)) return
    puts.resolve()
    return isQueued.promise
  }
  await world.push(Object.fromEntries(many))
  await until('the flood is being rendered', () => rendering.size > 0)
  await write({'posts/d.md': post('Quince D')})
  await push()
  await until('the other post is live', async () => (await world.get('/~second/posts/d/')).status === 200)
  expect((await newest('test')).rendered_at).toBeNull()

  isLive.resolve()
  await puts.promise
  const since = commands.length
  const files = Array.from({length: 50}, (_, n) => [`assets/part-${n}.txt`, `Quince part ${n}`])
  await write(Object.fromEntries(files))
  await push()
  await until('its parts wait', () => commands.slice(since).includes('"HMSET" "broadside:parts:release.part~second~'))
  isQueued.resolve()
  await bothSettled()
  const keys = objects.puts.map(({key}) => key)
  const before = keys.slice(0, keys.indexOf('sites/second/assets/part-49.txt'))
  expect(before.filter(ofFlood).length).toBeGreaterThan(0)
  expect(before.filter(ofFlood).length).toBeLessThan(keys.filter(ofFlood).length)
  expect(await liveAt('second')).toBeLessThan(await liveAt('test'))
})

test('while a site waits for files that its objects have lost, another one is published', async () => {
  const files = (word: string) =>
    Object.fromEntries(Array.from({length: 50}, (_, n) => [`assets/${n}.txt`, `${word} ${n}`]))
  const {commit} = await world.push(files('Tern'))
  await world.live(commit)
  await rm(join(world.home, 'objects/private/test'), {recursive: true})
  const doubt = world.ledger.db.updateTable('manifest').set({state: 'doubt'}).where('site', '=', 'test')
  await doubt.where('key', 'like', 'assets/%.txt').execute()
  const given = Promise.withResolvers<void>()
  onTestFinished(() => given.resolve())
  objects.beforePut = (key) => (key.startsWith('private/test/') ? given.promise : undefined)
  await world.push({'posts/waits.md': post('Tern waits')})
  // More than one where publisher has looked before the push was accepted, and asked for the revision before it.
  const asked = async () => {
    const rows = await world.ledger.db.selectFrom('requests').select('state').where('kind', '=', 'refill').execute()
    return [...new Set(rows.map(({state}) => state))]
  }
  await until('intake is asked for them', async () => (await asked()).length > 0)

  await write({...files('Quince'), 'posts/passes.md': post('Quince passes')})
  await push()
  await until('it is there', async () => (await world.get('/~second/posts/passes/')).status === 200)
  expect(await asked()).toEqual(['open'])
  given.resolve()
  await bothSettled()
  expect((await world.get('/posts/waits/')).status).toBe(200)
  expect(await asked()).toEqual(['done'])
})

test('neither site is found in anything that the other one has', async () => {
  await world.request('intake', 'site.previews', {site: 'second', pattern: 'draft/*'})
  await write({'posts/idea.md': post('Quince idea')}, 'draft/idea')
  const [, preview = ''] = /^preview of draft\/idea: (\S+)$/m.exec(await push()) ?? []
  await until('the preview is there', async () => (await fetch(`${preview}posts/idea/`)).status === 200)
  await bothSettled()
  const files = {
    // The third was published from the repository of the second.
    test: (await filesBelow(join(world.home, 'objects'))).filter((text) => !/^\/(sites|private)\/third\//.test(text)),
    second: await filesBelow(join(folder, 'objects')),
  }
  const mails = {
    test: (await world.mails()).map(line),
    second: await Promise.all(mailServer.list().map(async ({id}) => (await mailServer.get(id))!.raw.toString())),
  }
  const others = {test: /quince|~second/i, second: /\btern\b|Test site/i}
  for (const name of ['test', 'second'] as const) {
    expect(files[name].length).toBeGreaterThan(10)
    expect([...files[name], ...mails[name]].filter((text) => others[name].test(text))).toEqual([])
  }
  expect(files.second.some((text) => text.includes(new URL(preview).pathname.split('/').at(-2)!))).toBe(true)

  const tables = await world.ledger.db.introspection.getTables()
  const ofSites = tables.filter(({columns}) => columns.some(({name}) => name === 'site')).map(({name}) => name)
  expect(ofSites).toContain('manifest')
  for (const table of ofSites) {
    const rows = await world.ledger.db
      .selectFrom(table as 'manifest')
      .selectAll()
      .execute()
    for (const row of rows) {
      const word = row.site === 'test' ? /quince/i : /\btern\b/i
      expect(JSON.stringify(row), table).not.toMatch(word)
    }
  }
  for (const {subject, body} of await world.ledger.db.selectFrom('outbox').selectAll().execute()) {
    expect(body).not.toMatch(subject.startsWith('broadside.v1.test.') ? /quince|~second/i : /\btern\b/i)
  }
})

test('what is logged, what goes through Redis and what is given up is of one site and names nothing of the other', async () => {
  // Of a subject that renderer hears, and nothing that it can read.
  const nats = await connect({servers: world.servers.urls.nats})
  nats.publish('broadside.v1.second.post.published', 'Quince, and no event')
  await nats.drain()
  const {db} = world.ledger
  const letters = await until('it is given up', async () => {
    const all = await listDeadLetters(db, {site: 'second'})
    return all.length > 0 ? all : undefined
  })
  expect(letters[0]).toMatchObject({site: 'second', body: 'Quince, and no event'})
  expect(await listDeadLetters(db, {site: 'test'})).toEqual([])

  const all = logged.map((line) => JSON.parse(line.replace('"service":"test",', '')) as {site?: string; event: string})
  const others = {test: /quince|\bsecond\b/i, second: /\btern\b|"test"/i}
  for (const name of ['test', 'second'] as const) {
    const lines = all.filter(({site}) => site === name)
    expect(lines.map(({event}) => event)).toEqual(expect.arrayContaining(['revision.accepted', 'release.live']))
    expect(lines.filter((line) => others[name].test(JSON.stringify(line)))).toEqual([])
  }
  // BullMQ tells of a job that lost its lock, on a busy machine, by its key.
  const unnamed = all.filter(({site, event}) => site === undefined && event !== 'queue.worker.failed')
  expect(unnamed.filter((line) => /quince|\btern\b|\bsecond\b/i.test(JSON.stringify(line)))).toEqual([])

  // Each job is written with its key and its data.
  const jobs = [
    ...commands.matchAll(/"HMSET" "broadside:\w+:[a-z.]+~([a-z0-9-]+)~[^"]*".*?\\"site\\":\\"([a-z0-9-]+)\\"/g),
  ]
  expect(jobs.map(([, ofKey]) => ofKey)).toEqual(expect.arrayContaining(['test', 'second']))
  expect(jobs.filter(([, ofKey, ofData]) => ofKey !== ofData)).toEqual([])
  expect(commands).not.toMatch(/quince|\btern\b/i)
})

test('a doctor finds what each site has, and says what is not as it should be', async () => {
  const {ledgerUrl, natsUrl, redisUrl, objectsUrl} = world.run
  const env = {
    DATABASE_URL: ledgerUrl,
    NATS_URL: natsUrl,
    REDIS_URL: redisUrl,
    OBJECTS_URL: objectsUrl,
    BROADSIDE_SITE_SECOND_OBJECTS_URL: pathToFileURL(join(folder, 'objects')).href,
  }
  const found = await examined('second', env)
  expect(found.filter(({state}) => state === 'bad')).toEqual([])
  expect(Object.fromEntries(found.map(({about, state}) => [about, state]))).toMatchObject({
    NATS: 'good',
    'NATS, renderer-posts': 'good',
    'NATS, notifier-releases': 'good',
    Redis: 'good',
    'Redis, persistence': 'good',
    // A folder takes no conditions.
    objects: 'unsure',
    webhooks: 'good',
    'webhooks, the last one': 'unsure',
    'one-click unsubscribe': 'unsure',
  })
  expect(found.find(({about}) => about.startsWith('SPF of '))?.state).toBe('good')
  expect((await filesBelow(folder)).filter((file) => file.includes('doctor-'))).toEqual([])
  // The place of the site alone is what counts.
  const own = {BROADSIDE_SITE_SECOND_OBJECTS_URL: 'file:///dev/null/nowhere'}
  expect((await examined('second', {...env, ...own})).find(({about}) => about === 'objects')?.state).toBe('bad')
  const gone = {...env, NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1', OBJECTS_URL: ''}
  const bad = (await examined('test', gone)).filter(({state}) => state !== 'good')
  expect(bad.map(({about, state}) => `${about}: ${state}`)).toEqual(
    expect.arrayContaining(['NATS: bad', 'Redis: bad', 'objects: unknown']),
  )
})

test('a paused site keeps its pages and takes nothing new, until it goes on', async () => {
  const before = (await newest('second')).number
  await move('pause')
  await write({'posts/e.md': post('Quince E')})
  expect(await push()).toBe('second is paused: this is taken when it goes on\n')
  expect((await newest('second')).number).toBe(before)
  expect((await world.get('/~second/posts/a/')).status).toBe(200)
  await move('resume')
  await until('it is there', async () => (await world.get('/~second/posts/e/')).status === 200)
})

test('a site is moved to another address, if that is free, with its preview and without a mail', async () => {
  const set = (change: object) => world.request('intake', 'site.set', {site: 'second', ...change})
  await expect(set({url: `${world.run.siteUrl}below/`})).rejects.toThrow('site.url-taken')
  await expect(set({audienceUrl: 'nowhere'})).rejects.toThrow('request.malformed')
  await expect(set({})).rejects.toThrow('nothing is to be changed')
  const mailed = mailServer.list().length
  await set({url: `${world.run.siteUrl}~moved/`})
  await until('it is there', async () => (await world.get('/~moved/feed.xml')).body.includes('/~moved/posts/e/'))
  await bothSettled()
  expect((await world.get('/~second/posts/a/')).status).toBe(404)
  expect(await publishedText()).not.toContain('/~second/')
  await until('its preview is there as well', async () => (await previewText()).includes('/~moved/~'))
  expect(mailServer.list()).toHaveLength(mailed)
  await set({url: `${world.run.siteUrl}~second/`})
})

test('a removed site is no longer served, and its name and address are free', async () => {
  await move('remove')
  expect((await world.get('/~second/posts/a/')).status).toBe(404)
  expect((await world.get('/posts/a/')).status).toBe(200)
  await add('second', `${world.run.siteUrl}~second/`)
  await until('it is back', async () => (await world.get('/~second/posts/a/')).status === 200)
})

type Gate = PromiseWithResolvers<void>

async function write(files: Record<string, string>, branch = 'main'): Promise<void> {
  await second.write(files)
  await second.commit('next', {date: Date.now()})
  await second.push({branch})
}

const line = ({to, subject}: {to: string[]; subject: string}) => `${subject} to ${to.join()}`

/** All that the second site's readers have, save what only previews hold. */
const publishedText = async () => (await secondsFiles()).filter((text) => !isPreview(text)).join('\n')
const previewText = async () => (await secondsFiles()).filter(isPreview).join('\n')
const isPreview = (text: string) => text.startsWith('/second/~')
const secondsFiles = () => filesBelow(join(folder, 'objects/sites'))

/** Each file with its path. */
async function filesBelow(root: string): Promise<string[]> {
  const all = await readdir(root, {recursive: true, withFileTypes: true})
  const paths = all.filter((one) => one.isFile()).map(({parentPath, name}) => join(parentPath, name))
  return Promise.all(paths.map(async (path) => `${path.slice(root.length)} ${await readFile(path, 'utf8')}`))
}

/** Tells intake of the second site as a hook would; gives what its author sees. */
async function push(): Promise<string> {
  const after = await second.git('rev-parse', 'HEAD')
  const body = JSON.stringify({after})
  const answer = await fetch(`${world.run.intakeUrl}/push/second`, {method: 'POST', body})
  return answer.text()
}

async function add(name: string, url: string, fromDomains: string[] = []): Promise<unknown> {
  const about = {site: name, remote: second.remote, url, audienceUrl: world.run.audienceUrl, fromDomains}
  return world.request('intake', 'site.add', about)
}

type Found = {about: string; state: string; message: string}

async function examined(site: string, env: Record<string, string>): Promise<Found[]> {
  let said = ''
  const stdout = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      said += text
      done()
    },
  })
  const resolver = {
    resolveTxt: async (name: string) => [[name.startsWith('_dmarc') ? 'v=DMARC1; p=none' : 'v=spf1 -all']],
    reverse: async () => [],
    lookup: async () => [],
  }
  const hooks = `${world.run.intakeUrl}/`
  const argv = ['doctor', '--json', '--site', site, '--hooks', hooks]
  await run(argv, {stdout, stderr: process.stderr, env, cwd: '/', resolver})
  return JSON.parse(said) as Found[]
}

const move = (verb: string) => world.request('intake', `site.${verb}`, {site: 'second'})

async function newest(name: string) {
  const all = world.ledger.db.selectFrom('revisions').selectAll().where('site', '=', name).orderBy('number', 'desc')
  return all.executeTakeFirstOrThrow()
}

/** When the newest revision became live, ms. */
async function liveAt(name: string): Promise<number> {
  const releases = world.ledger.db.selectFrom('releases').select('live_at').where('site', '=', name)
  return (await releases.where('revision', '=', (await newest(name)).number).executeTakeFirstOrThrow()).live_at!
}

async function bothSettled(): Promise<void> {
  await world.settled()
  await until(
    'the second site is live',
    async () => {
      const db = world.ledger.db
      const revision = await db
        .selectFrom('revisions')
        .select('number')
        .where('site', '=', 'second')
        .orderBy('number', 'desc')
        .executeTakeFirst()
      const release = await db
        .selectFrom('releases')
        .selectAll()
        .where('site', '=', 'second')
        .orderBy('number', 'desc')
        .executeTakeFirst()
      return revision !== undefined && release?.revision === revision.number && release.state === 'done'
    },
    {withinMs: 25_000},
  )
}
