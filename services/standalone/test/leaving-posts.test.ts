import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {post, withoutMail} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import {startWorld, type Changes, type World} from './start-world.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

/** One world for the file: each test has posts of its own in it. */
let world: World
beforeAll(async () => {
  const posts = ['a', 'b', 'c', 'd'].map((name) => [`posts/${name}.md`, post(name.toUpperCase())])
  world = await startWorld({files: {...withoutMail, ...Object.fromEntries(posts)}})
  await world.settled()
}, 60_000)
afterAll(() => world.stop())

async function publish(files: Changes): Promise<string> {
  const {answer} = await world.push(files)
  await world.settled()
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  return answer
}

test('an unpublished post answers 410 with a page that is not indexed, is in no list or feed, and comes back as it was', async () => {
  const before = await publishedSite(world)
  await publish({'posts/a.md': post('A', {published: 'false'})})
  const {status, body} = await world.get('/posts/a/')
  expect(status).toBe(410)
  expect(body).toContain('<meta name="robots" content="noindex">')
  expect(body).not.toContain('The text of A.')
  for (const list of ['/', '/archive/', '/feed.xml', '/feed.json', '/sitemap.xml', '/llms.txt']) {
    expect((await world.get(list)).body, list).not.toContain('/posts/a/')
  }
  await publish({'posts/a.md': post('A')})
  expect((await world.get('/posts/a/')).status).toBe(200)
  expect(await publishedSite(world)).toEqual(before)
})

test('a page that is taken away answers 410, until something is at its address again', async () => {
  await publish({'pages/fleeting.md': '---\ntitle: Fleeting\n---\n\nHere today.\n'})
  expect((await world.get('/fleeting/')).status).toBe(200)
  await publish({'pages/fleeting.md': undefined})
  const {status, body} = await world.get('/fleeting/')
  expect({status, isHidden: body.includes('<meta name="robots" content="noindex">')}).toEqual({
    status: 410,
    isHidden: true,
  })
  await publish({'posts/a.md': post('A', {aliases: '[/fleeting/]'})})
  expect((await world.get('/fleeting/')).body).toContain('url=')
  await publish({'posts/a.md': post('A')})
})

test('front matter or redirects.yaml lead readers of an unpublished post elsewhere, as long as something is there', async () => {
  await publish({'posts/b.md': post('B', {draft: 'true', redirect_to: '/posts/c/'}), 'posts/d.md': undefined})
  expect((await world.get('/posts/b/')).body).toContain('url=' + new URL('/posts/c/', world.run.siteUrl).href)
  expect((await world.get('/posts/d/')).status).toBe(410)

  await publish({'redirects.yaml': '/posts/d/: https://elsewhere.example/d\n'})
  expect((await world.get('/posts/d/')).body).toContain('url=https://elsewhere.example/d')

  await publish({'redirects.yaml': '/short/: /shorter/\n/shorter/: /posts/c/\n'})
  for (const address of ['/short/', '/shorter/']) {
    expect((await world.get(address)).body).toContain('url=' + new URL('/posts/c/', world.run.siteUrl).href)
  }
  await publish({'posts/c.md': undefined})
  for (const address of ['/posts/b/', '/short/', '/shorter/']) expect((await world.get(address)).status).toBe(410)
  await publish({'posts/b.md': post('B', {draft: 'true', redirect_to: 'https://elsewhere.example/b'})})
  expect((await world.get('/posts/b/')).body).toContain('url=https://elsewhere.example/b')
})

test('a post that changes its date is the same item elsewhere in the lists; one dated ahead waits for its day', async () => {
  await publish({
    'posts/moves.md': post('Moves', {date: '2026-03-01'}),
    'posts/stays.md': post('Stays', {date: '2026-02-01'}),
  })
  const idOf = async () => (await items()).find(({title}) => title === 'Moves')?.id
  const id = await idOf()
  expect(await order()).toEqual(['Moves', 'Stays'])
  await publish({'posts/moves.md': post('Moves', {date: '2026-01-01'})})
  expect(await order()).toEqual(['Stays', 'Moves'])
  expect(await idOf()).toBe(id)
  await publish({'posts/moves.md': post('Moves', {date: '2126-01-01'})})
  expect((await world.get('/posts/moves/')).status).toBe(410)
  expect(await order()).toEqual(['Stays'])
})

test('of two posts at one address the older keeps it, the author of the newer is told, and it moves in when that is free', async () => {
  await publish({'posts/older.md': post('Older', {slug: 'one-place'})})
  const answer = await publish({'posts/newer.md': post('Newer', {slug: 'one-place'})})
  expect(answer).toMatch(/1 broken at posts\/newer\.md/)
  expect(answer).toContain('its address /posts/one-place/ belongs to posts/older.md')
  expect((await world.get('/posts/one-place/')).body).toContain('The text of Older.')
  await publish({'posts/older.md': undefined})
  expect((await world.get('/posts/one-place/')).body).toContain('The text of Newer.')
})

async function items(): Promise<{id: string; title: string}[]> {
  return (JSON.parse((await world.get('/feed.json')).body) as {items: {id: string; title: string}[]}).items
}

/** The two dated posts of the feed, newest first. */
async function order(): Promise<string[]> {
  return (await items()).map(({title}) => title).filter((title) => ['Moves', 'Stays'].includes(title))
}
