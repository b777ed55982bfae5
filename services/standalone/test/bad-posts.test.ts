import {expect, test} from 'vitest'
import {diagnosticsOf} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'

test('bad posts stop only themselves: each is told of with its place and a cure, and the good one is live', async () => {
  const world = await openWorld({files: {...withoutMail, 'posts/old.md': post('Old', {date: '2026-09-01'})}})
  await world.settled()

  const {commit, answer} = await world.push({
    'posts/good.md': post('Good', {body: 'All is *well*.'}),
    'posts/front.md': '---\ntitle: "never closed\ntags: [a\n---\n\nText.\n',
    'posts/date.md': '---\ntitle: Date\ndate: the day after\n---\n\nText.\n',
    'posts/latin.md': Buffer.concat([
      Buffer.from('---\ntitle: Latin\n---\n\nCaf'),
      Buffer.from([0xe9]),
      Buffer.from('\n'),
    ]),
    'posts/empty.md': '',
    'posts/huge.md': `---\ntitle: Huge\n---\n\n${'many words '.repeat(1_900_000)}\n`,
    'posts/brackets.md': post('Brackets', {body: 'a]'.repeat(32_500)}),
    'posts/deep.md': post('Deep', {body: `${'> '.repeat(5_000)}down here`}),
  })
  await world.live(commit)

  expect((await world.get('/posts/good/')).body).toContain('All is <em>well</em>.')
  expect((await world.get('/feed.xml')).body).toContain('Good')
  for (const slug of ['front', 'date', 'latin', 'empty', 'huge']) {
    expect((await world.get(`/posts/${slug}/`)).status).toBe(404)
  }
  expect(answer).toMatch(/^revision 2: 3 new, 5 broken at posts\/[a-z]+\.md/)
  const told = answer.split('\n').slice(1)
  const places = [/front\.md:\d+:\d+ /, /date\.md:3:\d+ /, /latin\.md:5:4 /, /empty\.md /, /huge\.md /]
  for (const place of places)
    expect(told).toContainEqual(expect.stringMatching(RegExp(`^  posts/${place.source}.* → `)))

  const found = await diagnosticsOf(world.ledger.db, 'test', 2)
  const errors = found.filter(({severity}) => severity === 'error')
  for (const error of errors) expect(error).toEqual(expect.objectContaining({cure: expect.stringMatching(/\w/)}))
  for (const slug of ['brackets', 'deep']) {
    const isLive = (await world.get(`/posts/${slug}/`)).status === 200
    const isTold = errors.some(({file}) => file === `posts/${slug}.md`)
    expect([slug, isLive !== isTold]).toEqual([slug, true])
  }
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('a live post that becomes broken keeps its last good page, and shows its new words once it is repaired', async () => {
  const world = await openWorld({files: {...withoutMail, 'posts/a.md': post('A', {body: 'Good words.'})}})
  await world.settled()
  const id = /urn:uuid:[0-9a-f-]+/.exec((await world.get('/atom.xml')).body.split('<entry>')[1] ?? '')?.[0]

  const broken = await world.push({
    'posts/a.md': '---\ntitle: [A\n---\n\nLost words.\n',
    'posts/b.md': post('B', {body: 'See [this](nowhere.md).'}),
  })
  expect(broken.answer).toMatch(/^revision 2: 1 new, 1 broken at posts\/a\.md:3:1/)
  await world.live(broken.commit)
  expect((await world.get('/posts/a/')).body).toContain('Good words.')
  expect((await world.get('/posts/b/')).status).toBe(200)

  const brokenLink = async () =>
    (await diagnosticsOf(world.ledger.db, 'test', 2)).find(({code}) => code === 'link.broken')
  expect(await until('the link is told', brokenLink)).toMatchObject({file: 'posts/b.md', line: 5, column_number: 5})

  const elsewhere = await world.push({'posts/c.md': post('C')})
  await world.live(elsewhere.commit)
  expect((await world.get('/posts/a/')).body).toContain('Good words.')

  const repaired = await world.push({'posts/a.md': post('A', {body: 'Better words.'})})
  expect(repaired.answer).toMatch(/^revision 4: 1 changed/)
  await world.live(repaired.commit)
  expect((await world.get('/posts/a/')).body).toContain('Better words.')
  expect((await world.get('/atom.xml')).body).toContain(id)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('a live post whose new text cannot be rendered keeps its page, its tags and its place in the feed', async () => {
  const good = post('A', {body: 'Good words.', tags: '[ink]'})
  const world = await openWorld({files: {...withoutMail, 'posts/a.md': good, 'posts/b.md': post('B')}})
  await world.settled()
  const before = await publishedSite(world)
  const tooDeep = post('Other title', {body: '> '.repeat(10_000), tags: '[lead]'})
  const {commit} = await world.push({'posts/a.md': tooDeep})
  await world.live(commit)

  expect(await publishedSite(world)).toEqual(before)
  const errors = (await diagnosticsOf(world.ledger.db, 'test', 2)).filter(({severity}) => severity === 'error')
  expect(errors).toEqual([expect.objectContaining({file: 'posts/a.md', cure: expect.stringMatching(/\w/)})])

  const repaired = await world.push({'posts/a.md': post('A', {body: 'Better words.', tags: '[lead]'})})
  await world.live(repaired.commit)
  expect((await world.get('/tags/lead/')).body).toContain('/posts/a/')
  expect((await world.get('/tags/ink/')).status).toBe(404)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('a broken broadside.yaml leaves the last good settings, and the posts go out', async () => {
  const world = await openWorld({files: {'broadside.yaml': 'title: Good title\n', 'posts/a.md': post('A')}})
  await world.settled()
  const {commit, answer} = await world.push({'broadside.yaml': 'title: [Bad\n', 'posts/b.md': post('B')})
  expect(answer).toContain('broadside.yaml:')
  await world.live(commit)
  expect((await world.get('/')).body).toContain('Good title')
  expect((await world.get('/posts/b/')).status).toBe(200)
})
