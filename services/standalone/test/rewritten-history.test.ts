import {expect, test} from 'vitest'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const readers = ['ana@readers.example', 'ben@readers.example']

test('a force push keeps posts by path, else by source; what it lacks is gone, and nothing is mailed again', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  const base = await world.repo.git('rev-parse', 'HEAD')
  await publishAlone(world, {'posts/same-path.md': post('Same path')})
  await publishAlone(world, {'posts/same-text.md': post('Same text')})
  await publishAlone(world, {'posts/dropped.md': post('Dropped')})
  const mails = await subjectsOf(world)
  const ids = await feedIds(world)
  expect(mails).toEqual(['Dropped', 'Dropped', 'Same path', 'Same path', 'Same text', 'Same text'])

  await world.repo.git('reset', '--quiet', '--hard', base)
  await world.commit({
    'posts/same-path.md': post('Same path', {body: 'Rewritten words.'}),
    'posts/moved-text.md': post('Same text'),
  })
  const {answer} = await world.publish()
  expect(answer).toMatch(/^revision 5: 2 changed, 1 removed; mail: none/)
  await world.settled()

  expect((await world.get('/posts/same-path/')).body).toContain('Rewritten words.')
  expect((await world.get('/posts/same-text/')).body).toContain('/posts/moved-text/')
  expect((await world.get('/posts/dropped/')).status).toBe(410)
  const now = await feedIds(world)
  expect(now).toEqual({...ids, Dropped: undefined})
  expect(await subjectsOf(world)).toEqual(mails)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

test('a push back to an older commit shows that commit, and the posts that return later are the ones they were', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  const base = await world.repo.git('rev-parse', 'HEAD')
  await publishAlone(world, {'posts/new.md': post('New')})
  const newest = await world.repo.git('rev-parse', 'HEAD')
  const ids = await feedIds(world)
  const before = await publishedSite(world)

  await world.repo.git('reset', '--quiet', '--hard', base)
  const back = await world.publish()
  expect(back.answer).toMatch(/^revision 3: 1 removed; mail: none/)
  await world.settled()
  expect((await world.get('/posts/new/')).status).toBe(410)

  await world.repo.git('reset', '--quiet', '--hard', newest)
  const again = await world.publish()
  expect(again.answer).toMatch(/^revision 4: 1 new; mail: none/)
  await world.settled()
  expect(await feedIds(world)).toEqual(ids)
  expect(await publishedSite(world)).toEqual(before)
  expect(await subjectsOf(world)).toEqual(['New', 'New'])
})

test('an unrelated history takes the place of the old one, and keeps what has the same path', async () => {
  const world = await openWorld({
    files: {'posts/kept.md': post('Kept'), 'posts/lost.md': post('Lost')},
    subscribers: ['ana@readers.example'],
  })
  await world.settled()
  const ids = await feedIds(world)
  await world.repo.git('checkout', '--quiet', '--orphan', 'other')
  await world.repo.git('rm', '--quiet', '-r', '--force', 'posts')
  await world.commit({'posts/kept.md': post('Kept', {body: 'Other words.'}), 'posts/fresh.md': post('Fresh')})
  const {answer} = await world.publish()
  expect(answer).toMatch(/^revision 2: 1 new, 1 changed, 1 removed; mail: 1 person, at once/)
  await world.settled()

  expect((await world.get('/posts/kept/')).body).toContain('Other words.')
  expect((await world.get('/posts/lost/')).status).toBe(410)
  expect((await feedIds(world))['Kept']).toBe(ids['Kept'])
  expect(await subjectsOf(world)).toEqual(['Fresh'])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

async function publishAlone(world: World, files: Record<string, string>): Promise<void> {
  await world.push(files)
  await world.settled()
}

async function subjectsOf(world: World): Promise<string[]> {
  return (await world.mails()).map(({subject}) => subject).toSorted()
}

async function feedIds(world: World): Promise<Record<string, string>> {
  const {items} = JSON.parse((await world.get('/feed.json')).body) as {items: {id: string; title: string}[]}
  return Object.fromEntries(items.map(({title, id}) => [title, id]))
}
