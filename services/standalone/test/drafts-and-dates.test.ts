import {expect, test} from 'vitest'
import {openWorld, post} from './open-world.ts'
import {publishedSite} from './published-site.ts'

test('a draft and a post of the future are not published, and both are listed', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: ['ana@readers.example']})
  await world.settled()
  const before = await publishedSite(world)
  const nextYear = new Date(Date.now() + 365 * 86_400_000).toISOString()
  const {commit, answer} = await world.push({
    'posts/sketch.md': post('Sketch', {draft: 'true'}),
    'posts/_drafts/note.md': post('Note'),
    'posts/later.md': post('Later', {date: nextYear}),
  })
  expect(answer).toMatch(/^revision 2: 2 drafts, 1 scheduled; mail: none/)
  await world.live(commit)
  await world.settled()

  expect(await publishedSite(world)).toEqual(before)
  for (const slug of ['sketch', 'note', 'later']) expect((await world.get(`/posts/${slug}/`)).status).toBe(404)
  const {db} = world.ledger
  const rows = await db.selectFrom('post_versions').select(['path', 'status']).orderBy('path').execute()
  expect(rows).toEqual([
    {path: 'posts/_drafts/note.md', status: 'draft'},
    {path: 'posts/later.md', status: 'scheduled'},
    {path: 'posts/old.md', status: 'live'},
    {path: 'posts/sketch.md', status: 'draft'},
  ])
  const timers = await db.selectFrom('timers').select('due').where('owner', '=', 'intake').execute()
  expect(timers).toEqual([{due: Date.parse(nextYear)}])
  expect(await world.mails()).toEqual([])
})

test('a draft that is taken back out of the site is gone, and is not mailed again when it returns', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: ['ana@readers.example']})
  await world.settled()
  await world.push({'posts/a.md': post('A')})
  await world.settled()
  const drafted = await world.push({'posts/a.md': post('A', {draft: 'true'})})
  expect(drafted.answer).toMatch(/^revision 3: 1 removed, 1 draft; mail: none/)
  await world.settled()
  expect((await world.get('/posts/a/')).status).toBe(410)
  const back = await world.push({'posts/a.md': post('A')})
  expect(back.answer).toMatch(/^revision 4: 1 new; mail: none/)
  await world.settled()
  expect((await world.get('/posts/a/')).status).toBe(200)
  expect((await world.mails()).map(({subject}) => subject)).toEqual(['A'])
})
