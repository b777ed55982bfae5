import {expect, onTestFinished, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import {findVarnish} from '@broadside/servers'
import type {PublisherOptions, Receipt, VerifyReport} from '@broadside/service-publisher'
import {startVarnish, until} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'

/** In a full run only: the caches of purge.test.ts and of packages/cdn show the same in parts, and cost less. */
const varnish = await findVarnish()
if (varnish === undefined) throw new Error('A full run needs Varnish and a C compiler')

const cdn = 'BROADSIDE_SITE_TEST_CDN_URL'

test('readers behind Varnish see each release when it is live, and what is stale is told where nobody tells Varnish', async () => {
  const publisher: Partial<PublisherOptions> = {}
  const world = await openWorld({
    files: {...withoutMail, 'posts/a.md': post('A'), 'posts/b.md': post('B'), 'posts/c.md': post('C')},
    publisher,
  })
  await world.settled()
  const cache = await startVarnish(varnish, world.run.siteUrl)
  onTestFinished(() => cache.close())
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv(cdn, `purge+${cache.url}?budget=25`)
  const restart = async () => {
    await world.restart()
    // Each start says that it is at its own address.
    await world.ledger.db.updateTable('sites').set({site_url: cache.url}).execute()
  }
  await restart()
  await until('the site is built for its new address', async () => {
    const live = await lastLiveRelease(world.ledger.db, 'test')
    return live !== undefined && live.revision > 1 && live.state === 'done'
  })

  /** What a reader gets; a hit is told by the number of the request that Varnish has it from. */
  const read = async (path: string) => {
    const answer = await fetch(new URL(path, cache.url))
    const isHit = answer.headers.get('x-varnish')?.includes(' ') === true
    return {status: answer.status, body: await answer.text(), isHit}
  }
  const receipt = async () => ((await world.request('publisher', 'receipt', {site: 'test'})) as Receipt).receipt
  const isKept = async (path: string) => {
    await read(path)
    expect((await read(path)).isHit, path).toBe(true)
  }

  for (const path of ['/posts/a/', '/posts/b/', '/posts/c/']) await isKept(path)
  expect((await read('/posts/d/')).status).toBe(404)
  const first = await world.push({'posts/a.md': post('A', {body: 'Second words.'})})
  await world.live(first.commit)
  expect((await read('/posts/a/')).body).toContain('Second words.')
  expect((await read('/posts/c/')).isHit, 'what did not change is kept').toBe(true)
  expect(await receipt()).toMatchObject({commit: first.commit, proof: 'public', purge: 'done'})

  await isKept('/posts/b/')
  const second = await world.push({'posts/b.md': undefined, 'posts/d.md': post('D')})
  await world.live(second.commit)
  expect((await read('/posts/b/')).status).toBe(410)
  expect((await read('/posts/d/')).body).toContain('The text of D.')

  // More than the budget, so it is all told by one BAN.
  for (const path of ['/', '/posts/c/']) await isKept(path)
  const third = await world.push({'broadside.yaml': 'title: Another name\ntimezone: UTC\n'})
  await world.live(third.commit)
  for (const path of ['/', '/posts/c/']) expect((await read(path)).body).toContain('Another name')

  vi.stubEnv(cdn, '')
  publisher.proofLevel = 'objects'
  await restart()
  await isKept('/posts/c/')
  const fourth = await world.push({'posts/c.md': post('C', {body: 'Unheard words.'})})
  await world.live(fourth.commit)
  expect((await read('/posts/c/')).body).not.toContain('Unheard words.')
  expect(await receipt()).toMatchObject({commit: fourth.commit, proof: 'objects', purge: 'none'})
  const found = (await world.request('publisher', 'verify', {site: 'test'})) as VerifyReport
  expect(found.counts).toMatchObject({missing: 0, altered: 0, foreign: 0})
  expect(found.faults).toContainEqual(expect.objectContaining({fault: 'stale', path: '/posts/c/'}))
  expect(found.faults).not.toContainEqual(expect.objectContaining({path: '/posts/d/'}))
})
