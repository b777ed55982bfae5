import {expect, test} from 'vitest'
import {crawlSite, crawlWithoutPause, until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {photo} from './photo.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'

const pixel = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64')
const withoutMail = {'broadside.yaml': 'title: Links\nnavigation:\n  - {label: About, url: /about/}\n'}

test('nothing dangles while two posts that link to each other, a new tag, a rename and a removal go out at once', async () => {
  const world = await openWorld({
    files: {
      ...withoutMail,
      'pages/about.md': '---\ntitle: About\n---\n\nSee [leaving](../posts/leaving.md).\n',
      'posts/first.md': '---\ntitle: First\ndate: 2026-09-01\ntags: [ink]\n---\n\nOn to [moving](moving.md).\n',
      'posts/leaving.md': '---\ntitle: Leaving\ndate: 2026-09-02\ntags: [lead]\n---\n\nBack to [first](first.md).\n',
      'posts/moving.md': '---\ntitle: Moving\ndate: 2026-09-03\ntags: [ink]\n---\n\nFrom [leaving](leaving.md).\n',
      'posts/staying/index.md':
        '---\ntitle: Staying\ndate: 2026-09-04\n---\n\n![dot](dot.gif) ![sea](sea.jpg) [moving](../moving.md)\n',
      'posts/staying/dot.gif': pixel,
      'posts/staying/sea.jpg': await photo(400, 600),
    },
    // A put that waits for the crawler is not given up meanwhile.
    publisher: {callMs: 30_000},
  })
  await world.settled()
  expect((await crawlSite(world.run.siteUrl)).dangling).toEqual([])

  world.objects.putMs = 50
  const done = new AbortController()
  let crawls = 0
  const crawling = crawlWithoutPause(world.run.siteUrl, done.signal, (count) => void (crawls = count))
  // However slow the crawler is, one crawl begins and ends while new pages are there and what leads to them is not.
  world.objects.beforePut = async (key) => {
    if (!key.endsWith('test/posts/first/index.html')) return
    const before = crawls
    await until('a whole crawl is over', () => crawls >= before + 2)
  }
  const {commit} = await world.push({
    'posts/left.md': '---\ntitle: Left\ndate: 2026-09-05\ntags: [paper]\n---\n\nMeets [right](right/index.md).\n',
    'posts/right/index.md': '---\ntitle: Right\ndate: 2026-09-06\n---\n\nMeets [left](../left.md) ![dot](new.gif).\n',
    'posts/right/new.gif': Buffer.concat([pixel, pixel]),
    'posts/moving.md': undefined,
    'posts/moved.md': '---\ntitle: Moving\ndate: 2026-09-03\ntags: [ink]\n---\n\nFrom [first](first.md).\n',
    'posts/leaving.md': undefined,
    'posts/first.md': '---\ntitle: First\ndate: 2026-09-01\ntags: [ink]\n---\n\nOn to [moving](moved.md).\n',
    'posts/staying/index.md':
      '---\ntitle: Staying\ndate: 2026-09-04\n---\n\n![dot](dot.gif) ![sea](sea.jpg) [moved](../moved.md)\n',
    'posts/staying/sea.jpg': await photo(400, 600),
    'pages/about.md': '---\ntitle: About\n---\n\nSee [right](../posts/right/index.md).\n',
  })
  await world.live(commit)
  done.abort()
  expect((await crawling).dangling).toEqual([])
  expect(crawls).toBeGreaterThan(1)
  const after = await crawlSite(world.run.siteUrl)
  expect(after.dangling).toEqual([])
  expect(after.reached.filter((path) => path.endsWith('/v1/600.avif'))).toHaveLength(1)
  expect(after.reached).toEqual(
    expect.arrayContaining(['/posts/left/', '/posts/right/', '/tags/paper/', '/posts/moved/']),
  )
  expect((await world.get('/posts/moving/')).body).toContain('/posts/moved/')
  expect((await world.get('/posts/leaving/')).status).toBe(410)
  expect((await world.get('/tags/lead/')).status).toBe(404)
  const published = await publishedSite(world)
  expect(published).toEqual(await freshSite(world))
  expect(published).toEqual(await manifestSite(world))
})

test('nothing dangles when a release breaks off in the middle and the next one carries its pages', async () => {
  const world = await openWorld({
    files: {...withoutMail, 'posts/old.md': post('Old', {date: '2026-09-01'})},
  })
  await world.settled()
  world.objects.beforePut = (key) => {
    if (key.endsWith('posts/b/index.html')) throw new Error('the disk has a hole here')
  }
  await world.push({
    'posts/a.md': post('A', {date: '2026-09-02', body: 'Meets [b](b.md).'}),
    'posts/b.md': post('B', {date: '2026-09-03', body: 'Meets [a](a.md).'}),
  })
  await until('the release is in trouble', async () => {
    const {db} = world.ledger
    return db.selectFrom('releases').select('trouble').where('trouble', 'is not', null).executeTakeFirst()
  })

  world.objects.beforePut = (key) => {
    // The page that is new for readers comes as late as its wave allows.
    return key.endsWith('posts/b/index.html') ? new Promise((resolve) => setTimeout(resolve, 300)) : undefined
  }
  const done = new AbortController()
  const crawling = crawlWithoutPause(world.run.siteUrl, done.signal)
  const {commit} = await world.push({'posts/old.md': post('Old', {date: '2026-09-01', body: 'See [b](b.md).'})})
  await world.live(commit)
  done.abort()

  expect((await crawling).dangling).toEqual([])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})
