import {expect, test} from 'vitest'
import {deliveryCounts} from '@broadside/ledger'
import {openWorld, post} from './open-world.ts'
import type {World} from './start-world.ts'

const readers = ['ana@readers.example', 'ben@readers.example']

test('the first import of a site mails nothing, whenever its readers came and whatever is pushed later', async () => {
  const world = await openWorld({
    files: {'posts/a.md': post('A'), 'posts/b.md': post('B', {newsletter: 'true'})},
    subscribers: readers,
  })
  await world.settled()
  const {answer} = await world.push({'posts/a.md': post('A', {body: 'Other words.'})})
  expect(answer).toMatch(/^revision 2: 1 changed; mail: none/)
  await world.settled()
  await world.restart()
  await world.settled()
  expect(await editionsOf(world)).toEqual([])
  expect(await world.mails()).toEqual([])
})

test('several new posts in a push wait for a yes: one is approved and goes out, the other is cancelled and never does', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  const {answer} = await world.push({'posts/one.md': post('One'), 'posts/two.md': post('Two')})
  expect(answer).toMatch(/^revision 2: 2 new; mail: 2 people, held: 2 posts became live in one push/)
  await world.settled()
  const held = await editionsOf(world)
  expect(held.map(({subject, state}) => [subject, state])).toEqual([
    ['One', 'held'],
    ['Two', 'held'],
  ])
  expect(await world.mails()).toEqual([])

  await world.request('newsletter', 'cancel', {edition: held[1]!.id})
  await world.request('newsletter', 'approve', {edition: held[0]!.id})
  await world.settled()
  await world.restart()
  await world.push({'posts/two.md': post('Two', {body: 'Other words.'})})
  await world.settled()
  expect((await editionsOf(world)).map(({subject, state}) => [subject, state])).toEqual([
    ['One', 'complete'],
    ['Two', 'cancelled'],
  ])
  expect(await mailed(world)).toEqual(readers.map((reader) => `One to ${reader}`))
  expect(await deliveryCounts(world.ledger.db, held[0]!.id)).toMatchObject({accepted: readers.length})
})

test('an old post that is new here waits, one that says no is silent, and one that leaves before its yes is not mailed', async () => {
  const world = await openWorld({files: {'posts/old.md': post('Old')}, subscribers: readers})
  await world.settled()
  const dated = await world.push({'posts/dated.md': post('Dated', {date: '2026-01-05'})})
  expect(dated.answer).toMatch(/mail: 2 people, held: it is dated \d+ days back/)
  await world.settled()
  const silent = await world.push({'posts/silent.md': post('Silent', {newsletter: 'false'})})
  expect(silent.answer).toMatch(/^revision 3: 1 new; mail: none/)
  await world.settled()
  expect((await editionsOf(world)).map(({subject, state}) => [subject, state])).toEqual([['Dated', 'held']])

  await world.push({'posts/dated.md': undefined})
  await world.settled()
  const [edition] = await editionsOf(world)
  await world.request('newsletter', 'approve', {edition: edition!.id}).catch(() => undefined)
  await world.push({'posts/next.md': post('Next')})
  await world.settled()
  expect(await mailed(world)).toEqual(readers.map((reader) => `Next to ${reader}`))
})

async function editionsOf(world: World) {
  return world.ledger.db.selectFrom('editions').select(['id', 'subject', 'state']).orderBy('subject').execute()
}

async function mailed(world: World): Promise<string[]> {
  return (await world.mails()).map(({to, subject}) => `${subject} to ${to.join()}`).toSorted()
}
