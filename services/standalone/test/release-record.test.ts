import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import type {VerifyReport} from '@broadside/service-publisher'
import {openWorld, post, withoutMail} from './open-world.ts'

beforeEach(() => void vi.stubEnv('BROADSIDE_SITE_TEST_RELEASE_RECORD', 'yes'))
afterEach(() => void vi.unstubAllEnvs())

test('beside a site that wants it stands which release is live, and that is no foreign file', async () => {
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
})
