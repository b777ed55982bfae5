import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import {startPurgingCache, until, type PurgingCache} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import type {World} from './start-world.ts'

let cache: PurgingCache
let origin = ''
beforeEach(async () => {
  cache = await startPurgingCache(() => origin)
  vi.stubEnv('BROADSIDE_SITE_TEST_CDN_URL', `purge+${cache.url}?wildcard=star&budget=40`)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await cache.close()
})

const files = {...withoutMail, 'posts/a.md': post('A'), 'posts/b.md': post('B')}

/** A world whose readers come through the cache, which has told it everything that there was. */
async function openCachedWorld() {
  const world = await openWorld({files})
  origin = world.run.siteUrl
  await world.settled()
  await world.ledger.db.updateTable('sites').set({site_url: cache.url}).execute()
  await until('the site is built for its new address', async () => {
    const live = await lastLiveRelease(world.ledger.db, 'test')
    return live !== undefined && live.revision > 1 && live.state === 'done'
  })
  cache.told.length = 0
  return world
}

test('readers behind a cache see what changed and what went, and it is asked for exactly that', async () => {
  const world = await openCachedWorld()
  for (const path of ['/', '/posts/a/', '/posts/b/', '/posts/c/', '/assets/x.txt', '/robots.txt']) await read(path)
  const first = await world.push({'posts/a.md': post('A', {body: 'Second words.'}), 'assets/x.txt': 'Here.'})
  await world.live(first.commit)
  expect((await read('/posts/a/')).body).toContain('Second words.')
  expect(await read('/assets/x.txt'), 'a cached 404 goes too').toMatchObject({status: 200, body: 'Here.'})
  expect(cache.told).toContain('PURGE /posts/a/')
  expect(cache.told).not.toContain('PURGE /posts/b/')
  expect(cache.told).not.toContain('PURGE /robots.txt')

  cache.told.length = 0
  const second = await world.push({'assets/x.txt': undefined})
  await world.live(second.commit)
  expect((await read('/assets/x.txt')).status).toBe(404)
  expect(cache.told).toEqual(['PURGE /assets/x.txt'])
  const {proof, purge} = (await lastLiveRelease(world.ledger.db, 'test'))!
  expect({proof, purge}).toEqual({proof: 'public', purge: 'done'})
})

test('more than the budget is one call, and what failed is told again until it is done', async () => {
  const world = await openCachedWorld()
  await read('/posts/a/')
  cache.failWith = 503
  const settings = {
    'broadside.yaml': 'title: Another name\ntimezone: UTC\n',
    'posts/a.md': post('A', {body: 'Second.'}),
  }
  const posts = Object.fromEntries(Array.from({length: 12}, (_, n) => [`posts/p${n}.md`, post(`P${n}`)]))
  const {commit} = await world.push({...settings, ...posts})
  await until('the CDN was told in vain twice', () => cache.told.length >= 2)
  const waiting = await releaseOf(world)
  expect(waiting.state).toBe('purging')
  expect(waiting.trouble).toContain('status 503')
  expect((await read('/posts/a/')).body).not.toContain('Second.')
  cache.failWith = undefined
  await world.live(commit)
  expect(new Set(cache.told)).toEqual(new Set(['PURGE /*']))
  expect((await read('/posts/a/')).body).toContain('Second.')
})

test('a refusal is not waited for, and the next release tells it all', async () => {
  const world = await openCachedWorld()
  cache.failWith = 403
  const {commit} = await world.push({'assets/x.txt': 'Here.'})
  await world.live(commit)
  expect((await releaseOf(world)).purge).toBe('failed')
  cache.failWith = undefined
  cache.told.length = 0
  const next = await world.push({'assets/y.txt': 'There.'})
  await world.live(next.commit)
  expect(cache.told.toSorted()).toEqual(['PURGE /assets/x.txt', 'PURGE /assets/y.txt'])
})

async function read(path: string): Promise<{status: number; body: string}> {
  const answer = await fetch(new URL(path, cache.url), {headers: {'cache-control': 'no-cache'}})
  return {status: answer.status, body: await answer.text()}
}

async function releaseOf(world: World) {
  const {db} = world.ledger
  return db.selectFrom('releases').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirstOrThrow()
}
