import {expect, test} from 'vitest'
import {openWorld, post} from './open-world.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'

const pixel = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64')

test('publishing the same again uploads nothing: an empty commit, a touched file, a restart', async () => {
  const world = await openWorld({
    files: {
      'pages/about.md': '---\ntitle: About\n---\n\nUs.\n',
      'posts/a.md': post('A', {tags: '[ink]', date: '2026-09-01'}),
      'posts/b/index.md': post('B', {body: '![dot](dot.gif) and [a](../a.md)'}),
      'posts/b/dot.gif': pixel,
    },
  })
  await world.settled()
  const before = await publishedSite(world)
  world.objects.puts.length = 0

  const empty = await world.push({})
  expect(empty.answer).toMatch(/^revision 2: no post changed; mail: none/)
  await world.live(empty.commit)

  await world.repo.git('update-index', '--chmod=+x', 'posts/a.md')
  await world.repo.git('commit', '--quiet', '--message', 'touched')
  const touched = await world.publish()
  expect(touched.answer).toMatch(/^revision 3: no post changed; mail: none/)
  await world.live(touched.commit)

  await world.restart()
  const again = await world.publish()
  expect(again.answer).toMatch(/^revision 3: no post changed/)
  const after = await world.push({})
  await world.live(after.commit)

  expect(world.objects.puts.map(({key}) => key)).toEqual([])
  expect(world.objects.deletes).toEqual([])
  expect(await publishedSite(world)).toEqual(before)
  const sums = await world.ledger.db.selectFrom('releases').select(['number', 'uploaded', 'removed']).execute()
  for (const {number, uploaded, removed} of sums) if (number > 1) expect([uploaded, removed]).toEqual([0, 0])
})

test('a post that goes and comes back as it was leaves the bytes that were there before', async () => {
  const world = await openWorld({files: {'posts/a.md': post('A', {date: '2026-09-01'}), 'posts/b.md': post('B')}})
  await world.settled()
  const before = await publishedSite(world)
  await world.push({'posts/a.md': undefined})
  await world.settled()
  expect(await publishedSite(world)).not.toEqual(before)
  await world.push({'posts/a.md': post('A', {date: '2026-09-01'})})
  await world.settled()
  expect(await publishedSite(world)).toEqual(before)
})

test('what a history of pushes leaves is byte for byte what a fresh publish gives', async () => {
  const world = await openWorld({
    files: {'posts/a.md': post('A', {date: '2026-08-01', tags: '[ink]'}), 'posts/b.md': post('B', {body: '[a](a.md)'})},
  })
  const tagged = (body: string) => post('C', {date: '2026-08-03', tags: '[ink, lead]', newsletter: 'false', body})
  const history = [
    {'posts/c.md': tagged('[b](b.md)')},
    {'posts/c.md': tagged('[b](b.md) twice'), 'assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n'},
    {'posts/b.md': undefined, 'posts/moved-b.md': post('B', {body: '[a](a.md) and ![logo](/assets/logo.svg)'})},
    {'posts/c.md': undefined, 'pages/about.md': '---\ntitle: About\n---\n\n[a](../posts/a.md)\n'},
    {'broadside.yaml': 'title: Other title\nnavigation:\n  - {label: About, url: /about/}\n'},
    {'redirects.yaml': '/gone/: /about/\n', 'posts/a.md': post('A', {date: '2026-08-01', slug: 'alpha'})},
  ]
  for (const files of history) {
    const {commit} = await world.push(files)
    await world.live(commit)
    const published = await publishedSite(world)
    expect(published).toEqual(await freshSite(world))
    expect(published).toEqual(await manifestSite(world))
  }
  expect((await world.get('/posts/a/')).body).toContain('/posts/alpha/')
  expect((await world.get('/gone/')).body).toContain('/about/')
})
