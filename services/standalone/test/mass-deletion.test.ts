import {expect, test} from 'vitest'
import {runProgram, until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

const names = Array.from({length: 12}, (_, n) => `posts/p${n}.md`)

test('a push that deletes nearly everything waits for a yes, and so does the next; then both go live as one', async () => {
  const world = await openWorld({files: Object.fromEntries(names.map((name) => [name, post(name)]))})
  await world.settled()
  const before = await publishedSite(world)
  const {answer, commit} = await world.push(Object.fromEntries(names.slice(1).map((name) => [name, undefined])))
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
  expect(await command(world, ['status', commit])).toMatch(/: held, it would take 11 of 12 posts off the site/)

  expect(await command(world, ['approve'])).toBe(
    'test: revision 3 goes live, which takes 11 of 12 posts off the site\n',
  )
  await world.settled()
  expect((await world.get('/posts/p5/')).status).toBe(410)
  expect((await world.get('/posts/next/')).status).toBe(200)
  expect(await publishedSite(world)).toEqual(await freshSite(world))
  const releases = await world.ledger.db.selectFrom('releases').select('revision').orderBy('number').execute()
  expect(releases.map(({revision}) => revision)).toEqual([1, 3])
  expect(await command(world, ['approve'])).toContain('no revision of test waits for a yes')
})

async function command(world: World, args: string[]): Promise<string> {
  const program = runProgram(new URL('../../../packages/cli/src/main.ts', import.meta.url), {
    args,
    env: {DATABASE_URL: world.run.ledgerUrl, NO_COLOR: '1'},
  })
  await program.exited
  return program.output()
}
