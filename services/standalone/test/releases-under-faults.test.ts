import fc from 'fast-check'
import {startFauxqs} from 'fauxqs'
import {expect, onTestFinished, test, vi} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import {crawlSite, crawlWithoutPause, startFaultyGateway, until, type GatewayFault} from '@broadside/testkit'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {s3Credentials} from './apart/start-apart.ts'
import {openWorld, post} from './open-world.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'
import {createAuthor, randomPush} from './random-changes.ts'

const name = 'standalone: releases under a crawler'

test(
  'nothing dangles during releases of a random history, while one write in five to the bucket goes wrong',
  {timeout: isFullRun ? 3_600_000 : 120_000},
  async () => {
    for (const [variable, value] of Object.entries(s3Credentials)) vi.stubEnv(variable, value)
    const bucket = await startFauxqs({port: 0, logger: false, init: {buckets: ['site']}})
    const gateway = await startFaultyGateway(bucket.port)
    onTestFinished(async () => {
      vi.unstubAllEnvs()
      await gateway.close()
      await bucket.stop()
    })
    const world = await openWorld({
      files: {
        'broadside.yaml': 'title: Random\n',
        'posts/first.md': post('First', {date: '2026-09-01', tags: '[ink]'}),
        'posts/second.md': post('Second', {date: '2026-09-02', body: 'See [first](first.md).'}),
      },
      objectsUrl: `s3://site/world?endpoint=http://127.0.0.1:${gateway.port}&region=eu-west-1`,
    })
    await world.settled()

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
    for (const acts of fc.sample(randomPush, {seed: seedFor(name), numRuns: testSize(name)})) {
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
    const published = await publishedSite(world)
    expect(published, author.story.join('; ')).toEqual(await freshSite(world))
    expect(published, author.story.join('; ')).toEqual(await manifestSite(world))
    expect((await crawlSite(world.run.siteUrl)).dangling).toEqual([])
    expect(await lastLiveRelease(world.ledger.db, 'test')).toMatchObject({state: 'done', trouble: null})
  },
)
