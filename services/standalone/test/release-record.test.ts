import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import {verifyJson} from '@broadside/runtime'
import type {Receipt, VerifyReport} from '@broadside/service-publisher'
import {keyOf} from '@broadside/site'
import {openWorld, post, withoutMail} from './open-world.ts'
import {publishedSite} from './published-site.ts'

beforeEach(() => void vi.stubEnv('BROADSIDE_SITE_TEST_RELEASE_RECORD', 'yes'))
afterEach(() => void vi.unstubAllEnvs())

test('beside a site that wants it stands which release is live, and its receipt tells what was put, signed', async () => {
  const world = await openWorld({files: {...withoutMail, 'posts/a.md': post('A')}})
  await world.settled()
  const record = async () => JSON.parse((await world.get('/.well-known/broadside.json')).body) as unknown
  expect(await record()).toMatchObject({release: 1, revision: 1})
  const {commit} = await world.push({'posts/b.md': post('B')})
  await world.live(commit)
  const {live_at: liveAt} = (await lastLiveRelease(world.ledger.db, 'test'))!
  expect(await record()).toEqual({release: 2, revision: 2, commit, time: new Date(liveAt!).toISOString()})
  const report = (await world.request('publisher', 'verify', {site: 'test'})) as VerifyReport
  expect(report.faults).toEqual([])

  const ask = (release?: number) => world.request('publisher', 'receipt', {site: 'test', release}) as Promise<Receipt>
  const {receipt, signature} = await ask()
  expect(verifyJson(receipt, signature)).toBe(true)
  expect(verifyJson({...receipt, commit: 'another'}, signature)).toBe(false)
  expect(receipt).toMatchObject({
    type: 'broadside-receipt/1',
    site: 'test',
    siteUrl: world.run.siteUrl,
    release: 2,
    revision: 2,
    commit,
    cause: 'push',
    proof: 'public',
    purge: 'none',
    removed: [],
    editions: [],
  })
  const published = await publishedSite(world)
  const hashes = Object.fromEntries(Object.entries(published).map(([key, line]) => [key, line.split(' ')[0]]))
  expect(receipt.outputs.map(({path}) => path)).toContain('/posts/b/')
  expect(receipt.feeds.map(({path}) => path)).toEqual(['/atom.xml', '/feed.json', '/feed.xml'])
  for (const {path, sha256} of receipt.outputs) expect([path, sha256]).toEqual([path, hashes[keyOf(path)]])
  // What release 1 put is told by its own hashes, although others lie there now.
  const first = await ask(1)
  expect(first.signature.key).toBe(signature.key)
  const front = ({receipt: {outputs}}: Receipt) => outputs.find(({path}) => path === '/')?.sha256
  expect(front(first)).toMatch(/^[0-9a-f]{64}$/)
  expect(front(first)).not.toBe(front({receipt, signature}))
  await expect(ask(3)).rejects.toThrow('release.not-live')
})
