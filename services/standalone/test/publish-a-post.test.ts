import {afterEach, expect, test} from 'vitest'
import {startWorld, type World} from './start-world.ts'

let world: World | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

test('a pushed post is a page, an item in each feed, and one mail to each subscriber', async () => {
  const readers = ['ana@readers.example', 'ben@readers.example']
  world = await startWorld({files: {'posts/old.md': '---\ntitle: Old\n---\n\nFrom before.\n'}, subscribers: readers})
  await world.settled()
  expect(await world.mails()).toEqual([])

  const {commit, answer} = await world.push({'posts/news.md': '---\ntitle: News\n---\n\nFresh *ink*.\n'})
  expect(answer).toMatch(/^revision 2: 1 new; mail: 2 people, at once; http/)
  await world.live(commit)
  await world.settled()

  expect((await world.get('/posts/news/')).body).toContain('Fresh <em>ink</em>.')
  expect((await world.get('/')).body).toContain('News')
  for (const feed of ['/feed.xml', '/atom.xml', '/feed.json']) {
    expect((await world.get(feed)).body.match(/Fresh/g)?.length).toBeGreaterThanOrEqual(1)
  }
  const mails = await world.mails()
  expect(mails.map(({to, subject}) => [to, subject]).toSorted()).toEqual(readers.map((reader) => [[reader], 'News']))
})
