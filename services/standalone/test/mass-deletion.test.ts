import {expect, test, vi} from 'vitest'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

const names = Array.from({length: 12}, (_, n) => `posts/p${n}.md`)

test('a push that deletes nearly everything waits for a yes, and so does the next; then both go live as one', async () => {
  const world = await openWorld({files: Object.fromEntries(names.map((name) => [name, post(name)]))})
  await world.settled()
  const before = await publishedSite(world)
  const {answer} = await world.push(Object.fromEntries(names.slice(1).map((name) => [name, undefined])))
  expect(answer).toMatch(
    /11 removed; held: it would take 11 of 12 posts off the site, broadside approve test lets it go/,
  )
  const {answer: next} = await world.push({'posts/next.md': post('Next')})
  expect(next).toMatch(/1 new; held: it would take 11 of 12 posts off the site/)
  await until('both are rendered', async () => {
    const open = await world.ledger.db
      .selectFrom('revisions')
      .select('number')
      .where('state', '=', 'accepted')
      .execute()
    return open.length === 0
  })
  expect(await publishedSite(world)).toEqual(before)
  await world.request('publisher', 'approve', {site: 'test', revision: 3})
  await world.settled()
  expect((await world.get('/posts/p5/')).status).toBe(410)
  expect((await world.get('/posts/next/')).status).toBe(200)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  const releases = await world.ledger.db.selectFrom('releases').select('revision').orderBy('number').execute()
  expect(releases.map(({revision}) => revision)).toEqual([1, 3])
})
