import {expect, test} from 'vitest'
import {openWorld, post, withoutMail} from './open-world.ts'

test('an author whose push was accepted by another look at the repository is told the same as by its own', async () => {
  const files = {...withoutMail, 'posts/a.md': post('A', {body: 'After [the other](b.md).'}), 'posts/b.md': post('B')}
  const world = await openWorld({files})
  await world.settled()
  await world.request('intake', 'rollback', {site: 'test', to: 1})

  const {answer} = await world.push({'posts/b.md': undefined})
  expect(answer).toMatch(/^revision 3: 1 removed; not released: the site is rolled back to revision 1; mail: none/)
  expect(answer).toContain('\n  posts/a.md:5:7 Nothing that is published is at')
  expect((await world.publish()).answer).toBe(answer)
})
