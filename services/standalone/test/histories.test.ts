import {expect, test} from 'vitest'
import {openWorld, post} from './open-world.ts'
import {hearAll} from './outside-listener.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const readers = ['ana@readers.example', 'ben@readers.example']

test('two pushes while the first is in work end in the second, and nobody gets a mail twice', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  world.objects.putMs = 40
  const first = await world.push({'posts/one.md': post('One', {body: 'First words.'})})
  const second = await world.push({'posts/one.md': post('One', {body: 'Last words.'}), 'posts/two.md': post('Two')})
  expect(first.answer).toMatch(/^revision 2: 1 new; mail: 2 people, at once/)
  expect(second.answer).toMatch(/^revision 3: 1 new, 1 changed; mail: 2 people, at once/)
  await world.settled()

  expect((await world.get('/posts/one/')).body).toContain('Last words.')
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  expect(await subjectsOf(world)).toEqual(['One', 'One', 'Two', 'Two'])
})

test('a burst of ten pushes ends in the tenth, with one mail of each post', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: ['ana@readers.example']})
  await world.settled()
  const pushes: Promise<unknown>[] = []
  for (let number = 1; number <= 10; number += 1) {
    await world.commit({
      [`posts/p${number}.md`]: post(`P${number}`),
      'posts/old.md': post('Old', {body: `Words ${number}.`}),
    })
    // Each tells intake at once, and none waits for the answer of the one before.
    await world.repo.push()
    pushes.push(world.publish())
  }
  await Promise.all(pushes)
  await world.settled()

  expect((await world.get('/posts/old/')).body).toContain('Words 10.')
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  const editions = await world.ledger.db.selectFrom('editions').select(['subject', 'state', 'reason']).execute()
  expect(editions.map(({subject}) => subject).toSorted()).toEqual(names(10))
  // What came alone in its revision went at once, what came with others waits for a yes.
  const sent = editions.filter(({state}) => state === 'complete').map(({subject}) => subject)
  expect(editions.filter(({state}) => !['complete', 'held'].includes(state))).toEqual([])
  expect(await subjectsOf(world)).toEqual(sent.toSorted())
})

test('a removed post is gone from page, lists and feeds, and an event says so', async () => {
  const world = await openWorld({files: {'posts/a.md': post('Apple', {tags: '[fruit]'}), 'posts/b.md': post('Bread')}})
  await world.settled()
  const {commit, answer} = await world.push({'posts/a.md': undefined})
  expect(answer).toMatch(/^revision 2: 1 removed; mail: none/)
  await world.live(commit)
  await world.settled()

  expect((await world.get('/posts/a/')).status).toBe(410)
  for (const gone of ['/tags/fruit/', '/tags/fruit/feed.xml']) expect((await world.get(gone)).status).toBe(404)
  for (const still of ['/', '/archive/', '/feed.xml', '/atom.xml', '/feed.json', '/sitemap.xml']) {
    const {status, body} = await world.get(still)
    expect([still, status]).toEqual([still, 200])
    expect(body).not.toMatch(/Apple|posts\/a\//)
  }
  const removed = (await hearAll(world.servers.urls.nats)).filter(({subject}) => subject.endsWith('.post.removed'))
  expect(removed.map(({body}) => (JSON.parse(body) as {data: {address: string}}).data.address)).toEqual(['/posts/a/'])
})

test('a post renamed and rewritten in the next commit of a push is the same post: its id, a redirect, no second mail', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  const words = 'A paragraph that is long enough to be recognised after the file has moved to another name. '
  await world.push({'posts/before.md': post('Before', {body: words.repeat(5)})})
  await world.settled()
  const id = await feedIdOf(world, 'Before')
  expect(await subjectsOf(world)).toEqual(['Before', 'Before'])

  await world.repo.move('posts/before.md', 'posts/after.md')
  await world.commit({}, 'rename')
  await world.commit({'posts/after.md': post('After', {body: 'Not a word is left of what it was.'})}, 'rewrite')
  const {answer} = await world.publish()
  expect(answer).toMatch(/^revision 3: 1 changed; mail: none/)
  await world.settled()

  expect(await feedIdOf(world, 'After')).toBe(id)
  expect((await world.get('/posts/after/')).body).toContain('Not a word is left')
  const redirect = await world.get('/posts/before/')
  expect(redirect.status).toBe(200)
  expect(redirect.body).toMatch(/http-equiv="refresh"[^>]*\/posts\/after\//)
  expect(await subjectsOf(world)).toEqual(['Before', 'Before'])
})

function names(count: number): string[] {
  return Array.from({length: count}, (_, index) => `P${index + 1}`).toSorted()
}

async function subjectsOf(world: World): Promise<string[]> {
  return (await world.mails()).map(({subject}) => subject).toSorted()
}

async function feedIdOf(world: World, title: string): Promise<string | undefined> {
  const {items} = JSON.parse((await world.get('/feed.json')).body) as {items: {id: string; title: string}[]}
  return items.find((item) => item.title === title)?.id
}
