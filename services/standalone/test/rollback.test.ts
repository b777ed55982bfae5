import {expect, test} from 'vitest'
import {lastLiveRelease} from '@broadside/ledger'
import type {RolledBack} from '@broadside/revision'
import {until} from '@broadside/testkit'
import {openWorld, post, withoutMail} from './open-world.ts'
import {freshSite, manifestSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

test('a site goes back byte for byte, stays there while pushes come in, and goes on from where it was', async () => {
  const files = {...withoutMail, 'posts/a.md': post('A', {date: '2026-01-02'}), 'posts/b.md': post('B')}
  const world = await openWorld({files})
  await world.settled()
  await world.push({'posts/c.md': post('C', {date: '2026-03-04'}), 'posts/b.md': post('B', {body: 'Once more.'})})
  await world.settled()
  const second = await publishedSite(world)
  const changed = {'posts/a.md': post('A', {date: '2026-01-02', body: 'Now with an error.'}), 'posts/b.md': undefined}
  await world.push({...changed, 'posts/d.md': post('D')})
  await world.settled()
  const third = await publishedSite(world)
  expect(third).not.toEqual(second)

  world.objects.puts.length = 0
  expect(await rollBack(world, 2)).toMatchObject({revision: 4, shows: 2, paused: 0})
  await released(world, 4)
  expect(await publishedSite(world)).toEqual(second)
  expect(await manifestSite(world)).toEqual(second)
  const differs = Object.keys({...second, ...third}).filter(
    (key) => second[key] !== undefined && second[key] !== third[key],
  )
  expect(world.objects.puts.map(({key}) => key.slice('sites/test/'.length)).toSorted()).toEqual(differs.toSorted())
  expect((await world.get('/posts/d/')).status).toBe(404)
  expect(await rollBack(world, 2), 'a repeat').toMatchObject({revision: 4})

  const {answer} = await world.push({'posts/e.md': post('E')})
  expect(answer).toContain('not released: the site is rolled back to revision 2')
  await until('the push is rendered', async () => (await revision(world, 5))?.state === 'rendered')
  expect(await publishedSite(world)).toEqual(second)

  await unpin(world)
  await released(world, 5)
  expect((await world.get('/posts/e/')).status).toBe(200)
  expect(await publishedSite(world)).toEqual(await freshSite(world))

  await world.push({'posts/e.md': undefined})
  await world.settled()
  await rollBack(world, 3)
  await released(world, 7)
  expect(await publishedSite(world), 'ids, dates and feeds of a state between').toEqual(third)
  await unpin(world)
  await released(world, 6)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  expect(await unpin(world)).toEqual({unpinned: false})
})

test('mail of what is taken back waits, is refused while its page is gone, and goes on after it', async () => {
  const files = {'posts/a.md': post('A')}
  // Nobody listens there, so that what is to be sent is still to be sent.
  const world = await openWorld({files, subscribers: ['ana@readers.example'], smtpUrl: 'smtp://127.0.0.1:1'})
  await world.settled()
  await world.push({'posts/b.md': post('B')})
  await until('the edition is under way', async () => (await edition(world))?.state === 'sending')

  expect(await rollBack(world, 1)).toMatchObject({paused: 1})
  expect(await edition(world)).toMatchObject({state: 'paused', reason: 'rolled-back'})
  await released(world, 3)
  expect((await world.get('/posts/b/')).status).toBe(404)
  const resume = () => world.request('newsletter', 'resume', {edition: '/posts/b/'})
  await expect(resume()).rejects.toThrow('edition.post-gone')

  await world.push({'posts/c.md': post('C')})
  await until('the push is rendered', async () => (await revision(world, 4))?.state === 'rendered')
  await unpin(world)
  await released(world, 4)
  expect(await edition(world)).toMatchObject({state: 'paused', reason: 'rolled-back'})
  expect(await resume()).toMatchObject({state: 'sending'})
  await until('the other post is announced', async () => {
    const rows = await world.ledger.db.selectFrom('editions').select('subject').execute()
    return rows.some(({subject}) => subject === 'C')
  })
})

async function rollBack(world: World, to: number): Promise<RolledBack> {
  return (await world.request('intake', 'rollback', {site: 'test', to})) as RolledBack
}

async function unpin(world: World): Promise<unknown> {
  return world.request('intake', 'unpin', {site: 'test'})
}

async function released(world: World, number: number): Promise<void> {
  await until(`revision ${number} is live`, async () => {
    const live = await lastLiveRelease(world.ledger.db, 'test')
    return live?.revision === number && live.state === 'done'
  })
}

async function revision(world: World, number: number) {
  return world.ledger.db.selectFrom('revisions').selectAll().where('number', '=', number).executeTakeFirst()
}

async function edition(world: World) {
  return world.ledger.db.selectFrom('editions').selectAll().where('subject', '=', 'B').executeTakeFirst()
}
