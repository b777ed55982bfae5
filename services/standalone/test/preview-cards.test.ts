import sharp from 'sharp'
import {expect, test} from 'vitest'
import {openWorld, post, withoutMail} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const settings = {'broadside.yaml': `${withoutMail['broadside.yaml']}cards: true\n`}

/** The address of a page's card, without the site's. */
async function cardOf(world: World, path: string): Promise<string | undefined> {
  const {body} = await world.get(path)
  return /property="og:image" content="[^"]*?(\/cards\/[^"]+)"/.exec(body)?.[1]
}

test('a post without an image has a card, drawn once, renewed with its title and gone with its post', async () => {
  const world = await openWorld({
    files: {
      ...settings,
      'posts/a.md': post('Ink & lead', {date: '2026-09-01'}),
      'posts/own.md': post('Own image', {date: '2026-09-02', image: 'https://images.example/own.png'}),
      'posts/far.md': post('現場からのメモ', {date: '2026-09-03'}),
    },
  })
  await world.settled()
  const {body} = await world.get('/posts/a/')
  for (const tag of [
    'og:image:width" content="1200"',
    'og:image:height" content="630"',
    'og:image:alt" content="Ink &amp; lead"',
  ])
    expect(body).toContain(`<meta property="${tag}>`)
  expect(body).toContain('<meta name="twitter:card" content="summary_large_image">')
  expect(await cardOf(world, '/posts/own/')).toBeUndefined()
  const far = await world.get('/posts/far/')
  expect(far.body).not.toContain('og:image')
  expect(far.body).toContain('<meta name="twitter:card" content="summary">')

  const first = (await cardOf(world, '/posts/a/'))!
  const answer = await fetch(new URL(first, world.run.siteUrl))
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).toMatchObject({width: 1200, height: 630})

  world.objects.puts.length = 0
  await world.live(
    (await world.push({'posts/a.md': post('Ink & lead', {date: '2026-09-01', body: 'Another text.'})})).commit,
  )
  const put = () => world.objects.puts.map(({key}) => key).filter((key) => /private\/|cards\//.test(key))
  expect(await cardOf(world, '/posts/a/')).toBe(first)
  expect(put()).toEqual([])

  await world.live((await world.push({'posts/a.md': post('Ink and lead', {date: '2026-09-01'})})).commit)
  const second = (await cardOf(world, '/posts/a/'))!
  expect(second).not.toBe(first)
  expect((await world.get(first)).status).toBe(404)
  expect(put()).toEqual([expect.stringContaining('private/'), `sites/test${second}`])
  expect(await publishedSite(world)).toEqual(await freshSite(world))

  await world.live((await world.push({'posts/a.md': undefined})).commit)
  expect((await world.get(second)).status).toBe(404)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})
