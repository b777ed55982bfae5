import {expect, test, vi} from 'vitest'
import {until} from '@broadside/testkit'
import {openWorld, post} from './open-world.ts'
import {freshSite, publishedSite} from './published-site.ts'
import type {World} from './start-world.ts'

// A whole installation and a machine that others use: each wait says by itself what did not come.
vi.setConfig({testTimeout: 60_000})

test('a branch is previewed below an address of its own, for few eyes, and goes without a trace', async () => {
  const world = await openWorld({files: {'posts/a.md': post('A')}, subscribers: ['ana@readers.example']})
  await world.settled()
  const before = {site: await publishedSite(world), memory: await memoryOf(world)}
  await world.request('intake', 'site.previews', {site: 'test', pattern: 'draft/*'})

  await world.repo.git('checkout', '--quiet', '-b', 'draft/idea')
  await world.commit({'posts/idea.md': post('Idea'), 'posts/a.md': post('A', {body: 'Other words.'})})
  const answer = await pushBranch(world, 'HEAD:refs/heads/draft/idea')
  const [, url = ''] = /^preview of draft\/idea: (http\S+\/~[0-9a-f]{16}\/)$/m.exec(answer) ?? []
  expect(url).toContain(world.run.siteUrl)
  await until('it is there', async () => (await (await fetch(url)).text()).includes('/posts/idea/'))

  for (const path of ['', 'posts/idea/', 'posts/a/']) {
    const page = await (await fetch(`${url}${path}`)).text()
    expect(page).toContain('<meta name="robots" content="noindex">')
    expect(page).not.toContain('rel="alternate" type="application/rss+xml"')
    expect(page).not.toContain('<form')
  }
  expect((await world.get('/posts/idea/')).status).toBe(404)
  expect((await world.get('/posts/a/')).body).toContain('The text of A.')
  expect(await memoryOf(world)).toEqual(before.memory)

  await world.commit({'posts/second.md': post('Second')})
  await pushBranch(world, 'HEAD:refs/heads/draft/idea')
  await until('its next post is there', async () => (await fetch(`${url}posts/second/`)).status === 200)
  expect(await world.ledger.db.selectFrom('editions').selectAll().execute()).toEqual([])
  expect(await world.ledger.db.selectFrom('effects').selectAll().where('site', '!=', 'test').execute()).toEqual([])
  expect(await world.mails()).toEqual([])

  await pushBranch(world, ':refs/heads/draft/idea')
  await until('it is gone', async () => (await fetch(`${url}posts/idea/`)).status === 404)
  await until('so are all its files', async () =>
    Object.keys(await publishedSite(world)).every((key) => !key.startsWith('~')),
  )
  expect(await publishedSite(world)).toEqual(before.site)
  expect(await publishedSite(world)).toEqual(await freshSite(world))

  const name = `test--${url.split('~')[1]!.slice(0, 16)}`
  await until('nothing of it is left in the ledger', async () => (await rowsOf(world, name)).length === 0)

  expect(await pushBranch(world, 'HEAD:refs/heads/draft/idea')).toContain(url)
  await until('it is back where it was', async () => (await fetch(`${url}posts/second/`)).status === 200)

  // What comes after it has revisions of the same numbers, and other words in them.
  await pushBranch(world, ':refs/heads/draft/idea')
  await until('it is gone again', async () => (await fetch(`${url}posts/idea/`)).status === 404)
  await until('and forgotten', async () => (await rowsOf(world, name)).length === 0)
  await world.commit({'posts/idea.md': post('Idea', {body: 'A second thought.'})})
  await pushBranch(world, 'HEAD:refs/heads/draft/idea')
  await until('it shows what it has now', async () =>
    (await (await fetch(`${url}posts/idea/`)).text()).includes('A second thought.'),
  )

  // The site remembers what history no longer tells: a post under another name in a branch without a past.
  const ids = async (site: string) =>
    Object.fromEntries(
      (await world.ledger.db.selectFrom('posts').select(['last_path', 'id']).where('site', '=', site).execute()).map(
        ({last_path: path, id}) => [path, id],
      ),
    )
  await world.repo.git('checkout', '--quiet', '--orphan', 'draft/anew')
  await world.commit({'posts/renamed.md': post('A'), 'posts/a.md': undefined})
  await pushBranch(world, 'HEAD:refs/heads/draft/anew')
  const preview = await world.ledger.db
    .selectFrom('sites')
    .select(['name', 'site_url'])
    .where('branch', '=', 'draft/anew')
    .executeTakeFirstOrThrow()
  expect((await ids(preview.name))['posts/renamed.md']).toBe((await ids('test'))['posts/a.md'])
  expect(await memoryOf(world)).toEqual(before.memory)
  await until('it is there under its new name', async () => {
    return (await fetch(`${preview.site_url}posts/renamed/`)).status === 200
  })

  await world.commit({'posts/third.md': post('Third')})
  expect(await pushBranch(world, 'HEAD:refs/heads/other')).toBe('nothing new to publish\n')
})

/** Pushes to another branch than the site's and tells intake as the hook does; gives what the author sees. */
async function pushBranch(world: World, refs: string): Promise<string> {
  await world.repo.git('push', '--quiet', '--force', world.repo.remote, refs)
  const after = await world.repo.git('rev-parse', 'HEAD')
  const answer = await fetch(`${world.run.intakeUrl}/push/test`, {method: 'POST', body: JSON.stringify({after})})
  return answer.text()
}

/** The tables that have rows of a site. */
async function rowsOf({ledger: {db}}: World, site: string): Promise<string[]> {
  const found: string[] = []
  for (const {name, columns} of await db.introspection.getTables()) {
    if (!columns.some((column) => column.name === 'site')) continue
    const rows = db
      .selectFrom(name as 'posts')
      .select('site')
      .where('site', '=', site)
    if ((await rows.executeTakeFirst()) !== undefined) found.push(name)
  }
  return found
}

/** What is remembered of the posts of the site itself. */
async function memoryOf({ledger: {db}}: World) {
  return {
    posts: await db.selectFrom('posts').selectAll().where('site', '=', 'test').orderBy('id').execute(),
    addresses: await db.selectFrom('post_addresses').selectAll().where('site', '=', 'test').execute(),
  }
}
