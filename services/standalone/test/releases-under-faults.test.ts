import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import {crawlSite, crawlWithoutPause, until, type FaultyGateway, type GatewayFault} from '@broadside/testkit'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {s3Credentials} from './apart/start-apart.ts'
import {bucketsWithConditions, type RunningBucket} from './buckets.ts'
import {testJudgedPuts} from './judged-puts.ts'
import {post} from './open-world.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'
import {createAuthor, randomPush} from './random-changes.ts'
import {startWorld, type World} from './start-world.ts'

const name = 'standalone: releases under a crawler'

describe.each(await bucketsWithConditions())('on $name', ({start, judgesSignatures}) => {
  let bucket: RunningBucket
  let gateway: FaultyGateway
  let world: World
  beforeAll(async () => {
    for (const [variable, value] of Object.entries(s3Credentials)) vi.stubEnv(variable, value)
    bucket = await start()
    gateway = bucket.gateway
    world = await startWorld({
      files: {
        'broadside.yaml': 'title: Random\n',
        'posts/first.md': post('First', {date: '2026-09-01', tags: '[ink]'}),
        'posts/second.md': post('Second', {date: '2026-09-02', body: 'See [first](first.md).'}),
      },
      objectsUrl: `s3://site/world?endpoint=http://127.0.0.1:${gateway.port}&region=eu-west-1`,
    })
    // A server that has just begun is slow with its first puts.
    const isLive = async () => (await lastLiveRelease(world.ledger.db, 'test'))?.state === 'done'
    await until('the site is there', isLive, {withinMs: 90_000})
  }, 120_000)
  afterAll(async () => {
    await world?.stop()
    await bucket?.close()
    vi.unstubAllEnvs()
  })

  test(
    'nothing dangles during releases of a random history, while one write in five to the bucket goes wrong',
    {timeout: isFullRun ? 3_600_000 : 120_000},
    async () => {
      const faults: GatewayFault[] = ['slow-down', 'unavailable', 'cut-before', 'cut-after', 'slow']
      let writes = 0
      gateway.choose = ({method}) => {
        // What readers ask for is let through: the crawler tells of the site and not of the way to the bucket.
        if (method === 'GET' || method === 'HEAD') return 'none'
        writes += 1
        return writes % 5 === 0 ? faults[(writes / 5) % faults.length]! : 'none'
      }
      const done = new AbortController()
      const crawling = crawlWithoutPause(world.run.siteUrl, done.signal)
      const author = createAuthor(world)
      // The full count is that of the small bucket: histories are the same on both, and a server of three processes is slow.
      const numRuns = judgesSignatures ? Math.min(10, testSize(name)) : testSize(name)
      for (const acts of fc.sample(randomPush, {seed: seedFor(name), numRuns})) {
        for (const act of acts) await author.perform(act)
        author.story.push('push')
        const {commit} = await world.publish()
        await until('it is accepted', () =>
          world.ledger.db.selectFrom('revisions').select('number').where('commit_id', '=', commit).executeTakeFirst(),
        )
        await world.live(commit)
      }
      done.abort()
      const {crawls, dangling} = await crawling

      expect(dangling, author.story.join('; ')).toEqual([])
      expect(crawls).toBeGreaterThan(1)
      for (const fault of faults) expect([fault, gateway.befallen[fault] > 0]).toEqual([fault, true])
      gateway.choose = () => 'none'
      // A write that came late may still be put right by a release after that one.
      await world.settled()
      const published = await publishedSite(world)
      expect(published, author.story.join('; ')).toEqual(await freshSite(world))
      expect(published, author.story.join('; ')).toEqual(await manifestSite(world))
      expect((await crawlSite(world.run.siteUrl)).dangling).toEqual([])
      expect(await lastLiveRelease(world.ledger.db, 'test')).toMatchObject({state: 'done', trouble: null})
    },
  )

  test(
    'a put of an older release that comes down after a newer one is refused by the bucket',
    {timeout: 60_000},
    async () => {
      const said = (body: string) => world.push({'posts/late.md': post('Late', {body})})
      // The history before may have moved all posts elsewhere.
      await world.live((await world.push({'broadside.yaml': 'title: Late\n'})).commit)
      await world.live((await said('First words.')).commit)
      const asleep = Promise.withResolvers<void>()
      const awake = Promise.withResolvers<void>()
      let isFirst = true
      gateway.choose = async ({method, path}): Promise<GatewayFault> => {
        if (method !== 'PUT' || !path.includes('/posts/late/index.html') || !isFirst) return 'none'
        isFirst = false
        asleep.resolve()
        await awake.promise
        return 'none'
      }
      await said('Second words.')
      await asleep.promise
      // What another publisher does when this one sleeps for longer than a release may be without a sign of life.
      const {db} = world.ledger
      await db.updateTable('releases').set({state: 'superseded'}).where('state', '=', 'putting').execute()
      const {commit} = await said('Third words.')
      await world.live(commit)
      const published = await publishedSite(world)
      const {revision} = (await lastLiveRelease(db, 'test'))!
      gateway.refused.length = 0

      awake.resolve()
      await until('the late put has come down', () => gateway.refused.length > 0)
      expect(gateway.refused).toEqual([expect.stringContaining('/posts/late/index.html')])
      expect((await world.get('/posts/late/')).body).toContain('Third words.')
      await until('another release looks at what the late one had not recorded', async () => {
        const states = await db.selectFrom('releases').select('state').where('revision', '=', revision).execute()
        return states.length > 1 && states.every(({state}) => state === 'done')
      })
      expect(await publishedSite(world)).toEqual(published)
      expect(published).toEqual(await freshSite(world))
      expect(published).toEqual(await manifestSite(world))
    },
  )

  if (judgesSignatures) testJudgedPuts(() => bucket)
})
