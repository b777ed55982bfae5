import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect, onTestFinished, test} from 'vitest'
import {createEvent} from '@broadside/contracts'
import {createQueue} from '@broadside/queue'
import {BroadsideError, createLogger} from '@broadside/runtime'
import {crawlSite, openSmallDisk, until, type ObjectsControl, type SmallDisk} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'
import {publishEvent} from './outside-listener.ts'

const log = createLogger({service: 'test', level: 'silent'})

test('events and jobs of an old release that come again write nothing', async () => {
  const world = await openWorld({files: {...withoutMail, 'posts/a.md': post('A')}})
  await world.settled()
  await world.push({'posts/a.md': post('A', {body: 'Second words.'}), 'posts/b.md': post('B')})
  await world.settled()
  const {commit} = await world.push({'posts/a.md': post('A', {body: 'Third words.'}), 'posts/b.md': undefined})
  await world.live(commit)
  const before = await publishedSite(world)
  world.objects.puts.length = 0
  world.objects.deletes.length = 0

  const queue = createQueue({redisUrl: world.servers.urls.redis, ledger: world.ledger, log})
  await queue.start()
  for (const release of [1, 2]) {
    await publishEvent(
      world.servers.urls.nats,
      createEvent('revision.rendered', {site: 'test', revision: release}, 1),
      {
        msgID: randomUUID(),
      },
    )
    await queue.add('release.advance', {site: 'test', release}, {attempt: 7})
    for (const wave of [1, 2, 3, 4]) {
      await queue.add('release.part', {site: 'test', release, wave, part: 0}, {attempt: 7})
    }
  }
  await queue.stop()
  // Queues are worked off in order, so a page that comes after the old jobs shows that they are done.
  const next = await world.push({'posts/c.md': post('C')})
  await world.live(next.commit)

  const written = new Set(world.objects.puts.map(({key}) => key))
  expect([...written]).toContain('sites/test/posts/c/index.html')
  expect([...written]).not.toContain('sites/test/posts/b/index.html')
  const after = await publishedSite(world)
  expect(after).toEqual(await freshSite(world))
  expect(after['posts/a/index.html']).toBeDefined()
  expect((await world.get('/posts/a/')).body).toContain('Third words.')
  expect((await world.get('/posts/b/')).status).toBe(410)
  expect(world.objects.deletes).toEqual([])
  const releases = await world.ledger.db.selectFrom('releases').select('revision').orderBy('number').execute()
  expect(releases.map(({revision}) => revision)).toEqual([1, 2, 3, 4])
  expect(after['posts/b/index.html']).toBe(before['posts/b/index.html'])
})

test('a slow write of a release that broke off is over before the next one begins', async () => {
  const world = await openWorld({files: {...withoutMail, 'posts/a.md': post('A'), 'posts/b.md': post('B')}})
  await world.settled()

  const slow = Promise.withResolvers<void>()
  let isBroken = true
  world.objects.beforePut = async (key) => {
    if (isBroken && key.endsWith('posts/a/index.html')) throw new Error('the disk has a hole here')
    if (isBroken && key.endsWith('posts/b/index.html')) await slow.promise
  }
  await world.push(words('Second words.'))
  await underWay(world)
  const {commit} = await world.push(words('Third words.'))
  isBroken = false
  const early = await Promise.race([
    world.live(commit).then(() => 'live'),
    new Promise((resolve) => setTimeout(resolve, 500, 'waits')),
  ])
  slow.resolve()
  await world.live(commit)

  expect(early).toBe('waits')
  expect((await world.get('/posts/b/')).body).toContain('Third words.')
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('a write that comes down after a newer release is put right within ten seconds', async () => {
  const world = await openWorld({
    files: {...withoutMail, 'posts/a.md': post('A'), 'posts/b.md': post('B')},
    // The call is not over before the newer release is live, however busy the machine is.
    publisher: {callMs: 60_000},
  })
  await world.settled()

  const asleep = Promise.withResolvers<void>()
  const awake = Promise.withResolvers<void>()
  let isFirst = true
  world.objects.afterLeave = async (key) => {
    if (!key.endsWith('posts/b/index.html') || !isFirst) return
    isFirst = false
    asleep.resolve()
    await awake.promise
  }
  await world.push(words('Second words.'))
  await asleep.promise
  // What another publisher does when this one sleeps for longer than a release may be without a sign of life.
  await world.ledger.db.updateTable('releases').set({state: 'superseded'}).where('number', '=', 2).execute()
  const {commit} = await world.push(words('Third words.'))
  await world.live(commit)
  expect((await world.get('/posts/b/')).body).toContain('Third words.')
  const puts = () => world.objects.puts.filter(({key}) => key.endsWith('posts/b/index.html')).length
  const before = puts()
  awake.resolve()
  // Seen by a reader, or so soon put again that none could.
  await until('the late write is there', async () => {
    return (await world.get('/posts/b/')).body.includes('Second words.') || puts() > before
  })

  await until('it is put right', async () => (await world.get('/posts/b/')).body.includes('Third words.'), {
    withinMs: 10_000,
  })
  await world.settled()
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  expect(await publishedSite(world)).toEqual(await manifestSite(world))
})

test(
  'what a full disk has no room for comes once there is room, or goes when the push is taken back',
  {timeout: 120_000},
  async () => {
    const disk = await openSmallDisk(4_000_000)
    const world = await openWorld({
      files: {...withoutMail, 'posts/a.md': post('A')},
      ...(disk === undefined ? {} : {objectsUrl: pathToFileURL(join(disk.folder, 'objects')).href}),
    })
    onTestFinished(() => disk?.close())
    const {fill, free} = disk ?? fullAtTimes(world.objects)
    await world.settled()
    const many = (word: string, body: string | undefined) =>
      Object.fromEntries(
        Array.from({length: 6}, (_, n) => [`posts/${word}-${n}.md`, body && post(`${word} ${n}`, {body})]),
      )
    const troubled = async (commit: string) => {
      await until('the release says what is wrong', async () => {
        const rows = world.ledger.db.selectFrom('releases as l').innerJoin('revisions as r', 'r.number', 'l.revision')
        const row = await rows.select('l.trouble').where('r.commit_id', '=', commit).executeTakeFirst()
        return row?.trouble?.includes('Free some space on that disk')
      })
      const pages = Object.keys(await publishedSite(world)).filter((key) => /^posts\/\w+-\d+\/index.html$/.test(key))
      expect((await crawlSite(world.run.siteUrl)).dangling).toEqual([])
      return pages.length
    }

    await fill(20_000)
    const first = await world.push(many('one', 'First.'))
    expect(await troubled(first.commit)).toBeLessThan(6)
    const {commit, answer} = await world.push({'assets/x.bin': new Uint8Array(300_000)})
    expect(answer).toMatch(/^kept, and tried again soon: .*Free some space on that disk/)
    await free()
    await world.live(commit)
    expect(await publishedSite(world)).toEqual(await freshSite(world))

    await fill(20_000)
    const second = await world.push(many('two', 'Second.'))
    expect(await troubled(second.commit)).toBeLessThan(12)
    await free()
    await world.live((await world.push(many('two', undefined))).commit)
    await world.settled()
    expect(await publishedSite(world)).toEqual(await manifestSite(world))
    expect(await publishedSite(world)).toEqual(await freshSite(world))
  },
)

/** What a full disk answers, for systems that give nobody a disk to fill. */
function fullAtTimes(objects: ObjectsControl): Pick<SmallDisk, 'fill' | 'free'> {
  return {
    async fill(leftBytes) {
      let left = leftBytes
      objects.beforePut = () => {
        left -= 8_192
        if (left < 0) throw explainedFull
      }
    },
    async free() {
      objects.beforePut = () => {}
    },
  }
}

const explainedFull = new BroadsideError('transient', 'objects.full', 'the disk is full', {
  hint: 'Free some space on that disk, or raise the quota; the work goes on by itself.',
})

function words(body: string): Record<string, string> {
  return {'posts/a.md': post('A', {body}), 'posts/b.md': post('B', {body})}
}

async function underWay({ledger}: World): Promise<void> {
  await until('a write is under way', () =>
    ledger.db.selectFrom('manifest').select('key').where('state', '=', 'doubt').executeTakeFirst(),
  )
}
