import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {createRepo, until} from '@broadside/testkit'
import {post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import {startWorld, type World} from './start-world.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

/** One installation with two sites for the file; each test goes on from the one before it. */
let world: World
let second: Awaited<ReturnType<typeof createRepo>>
beforeAll(async () => {
  world = await startWorld({files: {'posts/a.md': post('A')}, subscribers: ['ana@readers.example']})
  second = await createRepo()
  await write({'broadside.yaml': 'title: Second\nnewsletter: true\n', 'posts/a.md': post('Another A')})
}, 60_000)
afterAll(async () => {
  await world.stop()
  await second.destroy()
})

test('a site that is added is published beside the first, each from its own repository and at its own address', async () => {
  const url = `${world.run.siteUrl}~second`
  expect(await add('second', url)).toEqual({site: 'second', state: 'active', url: `${url}/`})
  await bothSettled()
  expect((await world.get('/posts/a/')).body).toContain('The text of A.')
  expect((await world.get('/~second/posts/a/')).body).toContain('The text of Another A.')
  expect((await world.get('/~second')).status).toBe(301)
  expect((await world.get('/~second/nowhere/')).body).toContain('Second')
  for (const name of ['test', 'second']) {
    const installation = {ledger: world.ledger, run: {...world.run, site: name}}
    expect(await publishedSite(installation)).toEqual(await freshSite(installation))
  }
})

test('a post goes to the readers of its own site alone', async () => {
  await world.request('audience', 'subscribers.add', {site: 'second', address: 'ben@readers.example'})
  await world.push({'posts/b.md': post('B')})
  await write({'posts/b.md': post('Another B')})
  await push()
  await bothSettled()
  const mails = await until('both are mailed', async () => {
    const all = await world.mails()
    return all.length >= 2 ? all : undefined
  })
  expect(mails.map(({to, subject}) => `${subject} to ${to.join()}`).toSorted()).toEqual([
    'Another B to ben@readers.example',
    'B to ana@readers.example',
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
    'posts/c.md': post('Another C'),
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

test('while a site is flooded, a post of another one is rendered', async () => {
  const many = Array.from({length: 100}, (_, n) => [`posts/many-${n}.md`, post(`Many ${n}`, {date: '2026-01-02'})])
  await world.commit(Object.fromEntries(many))
  await write({'posts/d.md': post('Another D')})
  const flood = world.publish()
  await until(
    'the flood is accepted',
    async () => (await newest('test')).cause === 'push' && (await countPending()) > 0,
  )
  await push()
  await flood
  const rendered = async () => {
    const both = [await newest('test'), await newest('second')] as const
    return both.every(({rendered_at: at}) => at !== null) ? both : undefined
  }
  const [one, other] = await until('both are rendered', rendered, {withinMs: 50_000})
  expect(other.accepted_at).toBeLessThan(one.rendered_at!)
  expect(other.rendered_at).toBeLessThan(one.rendered_at!)
})

test('a paused site keeps its pages and takes nothing new, until it goes on', async () => {
  const before = (await newest('second')).number
  await move('pause')
  await write({'posts/e.md': post('Another E')})
  expect(await push()).toBe('second is paused: this is taken when it goes on\n')
  expect((await newest('second')).number).toBe(before)
  expect((await world.get('/~second/posts/a/')).status).toBe(200)
  await move('resume')
  await until('it is there', async () => (await world.get('/~second/posts/e/')).status === 200)
})

test('a removed site is no longer served, and its name and address are free', async () => {
  await move('remove')
  expect((await world.get('/~second/posts/a/')).status).toBe(404)
  expect((await world.get('/posts/a/')).status).toBe(200)
  await add('second', `${world.run.siteUrl}~second/`)
  await until('it is back', async () => (await world.get('/~second/posts/a/')).status === 200)
})

async function write(files: Record<string, string>): Promise<void> {
  await second.write(files)
  await second.commit('next', {date: Date.now()})
  await second.push()
}

/** Tells intake of the second site as a hook would; gives what its author sees. */
async function push(): Promise<string> {
  const answer = await fetch(`${world.run.intakeUrl}/push/second`, {method: 'POST', body: '{}'})
  return answer.text()
}

async function add(name: string, url: string, fromDomains: string[] = []): Promise<unknown> {
  const about = {site: name, remote: second.remote, url, audienceUrl: world.run.audienceUrl, fromDomains}
  return world.request('intake', 'site.add', about)
}

const move = (verb: string) => world.request('intake', `site.${verb}`, {site: 'second'})

async function newest(name: string) {
  const all = world.ledger.db.selectFrom('revisions').selectAll().where('site', '=', name).orderBy('number', 'desc')
  return all.executeTakeFirstOrThrow()
}

async function countPending(): Promise<number> {
  const rows = await world.ledger.db.selectFrom('renders').select('subject').where('state', '=', 'pending').execute()
  return rows.length
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
