import {expect, test} from 'vitest'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const readers = ['ana@readers.example', 'ben@readers.example']

test('a push is accepted with NATS and Redis down, and goes out when they are back', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  await Promise.all([world.servers.stop('nats'), world.servers.stop('redis')])

  const {answer} = await world.push({'posts/new.md': post('New')})
  expect(answer).toMatch(/^revision 2: 1 new; mail: 2 people, at once/)
  await Promise.all([world.servers.start('nats'), world.servers.start('redis')])
  await world.settled()
  await expectEnd(world, ['New'])
})

test('a release that only the ledger knows of goes on: its job was never taken, and its event is deleted', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  await world.servers.stop('redis')
  await world.push({'posts/new.md': post('New')})
  await until('a release is open', () =>
    world.ledger.db.selectFrom('releases').select('number').where('number', '=', 2).executeTakeFirst(),
  )
  await world.servers.deleteStream()
  // What this process remembers of the job goes with it.
  await world.restart()
  await world.servers.start('redis')
  await world.settled()
  await expectEnd(world, ['New'])
})

test('services that start while NATS and Redis are down take pushes, and go on when they are there', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  await Promise.all([world.servers.stop('nats'), world.servers.stop('redis')])
  await world.restart()
  const {answer} = await world.push({'posts/new.md': post('New')})
  expect(answer).toMatch(/^revision 2: 1 new/)
  await Promise.all([world.servers.start('nats'), world.servers.start('redis')])
  await world.settled()
  await expectEnd(world, ['New'])
})

test('the stream deleted and Redis flushed in the middle of the work: the same end, and no second mail', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  await world.push({'posts/one.md': post('One')})
  await world.settled()

  world.objects.putMs = 50
  await world.push({'posts/two.md': post('Two', {tags: '[ink]'})})
  await until('the release is under way', () =>
    world.ledger.db.selectFrom('manifest').select('key').where('state', '=', 'doubt').executeTakeFirst(),
  )
  await world.servers.flushRedis()
  await world.servers.deleteStream()
  world.objects.putMs = 0
  await until('an edition of it is there', () =>
    world.ledger.db.selectFrom('editions').select('id').where('subject', '=', 'Two').executeTakeFirst(),
  )
  await world.servers.flushRedis()
  await world.servers.deleteStream()
  await world.settled()
  await expectEnd(world, ['One', 'Two'])

  // And what comes after goes its usual way.
  await world.push({'posts/three.md': post('Three')})
  await world.settled()
  await expectEnd(world, ['One', 'Three', 'Two'])
})

test('a release of many parts whose jobs are lost half-way is carried on from the ledger', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}})
  await world.settled()
  const many = Array.from({length: 240}, (_, n) => [`posts/n${n}.md`, post(`N${n}`, {newsletter: 'false'})])
  world.objects.putMs = 5
  world.objects.puts.length = 0
  await world.push(Object.fromEntries(many) as Record<string, string>)
  await until('some parts are put', () => world.objects.puts.length >= 10)
  await world.servers.flushRedis()
  await world.settled()

  const pages = world.objects.puts.map(({key}) => key).filter((key) => /\/posts\/n\d+\/index\.html$/.test(key))
  expect(new Set(pages).size).toBe(240)
  const releases = await world.ledger.db.selectFrom('releases').select(['revision', 'state']).execute()
  expect(releases).toEqual([
    {revision: 1, state: 'done'},
    {revision: 2, state: 'done'},
  ])
  expect(await publishedSite(world)).toEqual(await freshSite(world))
})

async function expectEnd(world: World, titles: string[]): Promise<void> {
  const mails = (await world.mails()).map(({to, subject}) => `${subject} to ${to.join()}`).toSorted()
  expect(mails).toEqual(titles.flatMap((title) => readers.map((reader) => `${title} to ${reader}`)).toSorted())
  expect(await publishedSite(world)).toEqual(await freshSite(world))
}
