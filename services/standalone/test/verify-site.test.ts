import {readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {openObjects} from '@broadside/objects'
import type {VerifyReport} from '@broadside/service-publisher'
import {until} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const files = {...withoutMail, 'posts/a.md': post('A'), 'posts/b.md': post('B'), 'posts/c.md': post('C')}

test('what is missing, altered and foreign is found, put right but for the foreign, and then no more', async () => {
  const world = await openWorld({files})
  await world.settled()
  const {db} = world.ledger
  const clean = await verify(world)
  expect(clean).toMatchObject({counts: {missing: 0, altered: 0, stale: 0, foreign: 0}, faults: [], repaired: 0})
  expect(clean.asked).toBe(clean.checked)
  expect(clean.checked).toBe(Object.keys(await publishedSite(world)).length)
  // Posts, pages and their Markdown need no second file each.
  expect((await withOwnHeaders(world)).sort()).toEqual(['sites/test/index.xml', 'sites/test/llms.txt'])

  const at = (key: string) => join(fileURLToPath(world.run.objectsUrl), 'sites/test', key)
  await rm(at('posts/a/index.html'))
  await writeFile(at('posts/b/index.html'), 'Somebody was here.')
  const objects = await openObjects(world.run.objectsUrl)
  const page = await objects.get('sites/test/posts/c/index.html')
  await objects.put('sites/test/posts/c/index.html', page!.body, {...page!.headers, cacheControl: 'no-store'})
  await objects.put('sites/test/left.txt', Buffer.from('From before.'), page!.headers)
  await objects.close()

  const found = await verify(world)
  expect(found.counts).toEqual({missing: 1, altered: 2, stale: 0, foreign: 1})
  expect(found.faults).toEqual([
    {fault: 'missing', path: '/posts/a/'},
    {fault: 'altered', path: '/posts/b/', detail: 'other bytes'},
    {fault: 'altered', path: '/posts/c/', detail: 'other headers'},
    {fault: 'foreign', path: 'left.txt'},
  ])
  expect((await world.get('/posts/a/')).status).toBe(404)

  world.objects.puts.length = 0
  expect((await verify(world, {repair: true})).repaired).toBe(3)
  await until('all is put right', async () => (await verify(world)).faults.length === 1)
  await world.settled()
  expect(world.objects.puts.map(({key}) => key).toSorted()).toEqual(
    ['a', 'b', 'c'].map((name) => `sites/test/posts/${name}/index.html`),
  )
  const {'left.txt': foreign, ...ours} = await publishedSite(world)
  expect(foreign).toBeDefined()
  expect(ours).toEqual(await freshSite(world))
  const releases = await db.selectFrom('releases').select('revision').execute()
  expect(releases.map(({revision}) => revision)).toEqual([1, 1])
})

test('a sample reads so many and no more, and stale pages are told from those that cannot be reached', async () => {
  const world = await openWorld({files})
  await world.settled()
  expect(await verify(world, {sample: 3})).toMatchObject({checked: 3, asked: 3, faults: []})

  const elsewhere = await startEmptyServer()
  // A site that rests is not built anew for its new address.
  const resting = {state: 'resting', site_url: elsewhere.url}
  await world.ledger.db.updateTable('sites').set(resting).execute()
  const stale = await verify(world)
  expect(stale.counts).toMatchObject({missing: 0, altered: 0, stale: stale.checked})
  expect(stale.faults[0]?.detail).toBe('the public URL answers status 404')

  await world.ledger.db.updateTable('sites').set({site_url: 'http://127.0.0.1:1/'}).execute()
  const away = await verify(world)
  expect(away.counts).toMatchObject({missing: 0, altered: 0, stale: 0})
  expect(away.unreachable).toContain('no answer')
})

/** A web server that has nothing. */
async function startEmptyServer(): Promise<{url: string}> {
  const server = createServer((_asked, answer) => answer.writeHead(404).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`}
}

/** The keys that have headers of their own, other than their names tell. */
async function withOwnHeaders(world: World): Promise<string[]> {
  const folder = join(fileURLToPath(world.run.objectsUrl), '.headers')
  const names = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.map((text) => (JSON.parse(text) as {key: string}).key)
}

async function verify(world: World, options: {sample?: number; repair?: boolean} = {}): Promise<VerifyReport> {
  return (await world.request('publisher', 'verify', {site: 'test', ...options})) as VerifyReport
}
