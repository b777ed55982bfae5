import {describe, expect} from 'vitest'
import {openSiteView} from '@broadside/ledger'
import {post, siteName, test} from './stage.fixture.ts'

describe('an address', () => {
  test('stays with the post that holds it, and the author of the other is told', async ({stage}) => {
    await stage.push({'posts/a.md': post('slug: here')})
    const {number} = await stage.push({'posts/b.md': post('slug: here\ndate: 2020-01-01')})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/here/'})
    expect(await stage.told(number)).toEqual(['error post.address-taken posts/b.md'])
  })

  test('goes to the post that waits for it once it is free, before one that comes', async ({stage}) => {
    await stage.push({'posts/a.md': post('slug: here')})
    await stage.push({'posts/b.md': post('slug: here')})
    const {number} = await stage.push({
      'posts/a.md': undefined,
      'posts/aa.md': post('slug: here', 'Quite another text. '.repeat(30)),
    })
    expect(await stage.posts()).toEqual({'posts/b.md': 'live /posts/here/'})
    expect(await stage.events(number)).toEqual([
      'post.removed /posts/here/',
      'post.published /posts/here/',
      'revision.accepted',
    ])
  })

  test.for<[string, Record<string, string>]>([
    ['moves', {'posts/a.md': post('slug: there')}],
    ['becomes a draft', {'posts/a.md': post('slug: here\ndraft: true')}],
    ['expires', {'posts/a.md': post('slug: here\nexpires: 2020-01-01')}],
  ])('is free for the post that waits when its holder %s', async ([, changes], {stage}) => {
    await stage.push({'posts/a.md': post('slug: here')})
    await stage.push({'posts/b.md': post('slug: here')})
    await stage.push(changes)
    expect(await stage.posts()).toMatchObject({'posts/b.md': 'live /posts/here/'})
  })

  test('that a post gives up in vain stays its own, and nobody else gets it', async ({stage}) => {
    await stage.push({'posts/a.md': post('slug: one'), 'posts/b.md': post('slug: two')})
    await stage.push({'posts/a.md': post('slug: two'), 'posts/c.md': post('slug: one')})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/one/', 'posts/b.md': 'live /posts/two/'})
  })

  test('can be exchanged for another’s in one push', async ({stage}) => {
    await stage.push({'posts/a.md': post('slug: one'), 'posts/b.md': post('slug: two')})
    await stage.push({'posts/a.md': post('slug: two'), 'posts/b.md': post('slug: one')})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/two/', 'posts/b.md': 'live /posts/one/'})
  })

  // Versions are ended and begun a hundred at a time, and these exchange theirs across them.
  test('can be exchanged by hundreds of posts in one push', async ({stage}) => {
    const count = 250
    const names = Array.from({length: count}, (_, n) => `posts/${String(n).padStart(3, '0')}.md`)
    const slugged = (slugOf: (n: number) => number) =>
      Object.fromEntries(names.map((name, n) => [name, post(`slug: place-${slugOf(n)}`, `Text ${n}.`)]))
    const other = (n: number) => (n + count / 2) % count
    await stage.push(slugged((n) => n))
    const ids = await stage.ids()
    const {number} = await stage.push(slugged(other))
    expect(await stage.posts()).toEqual(
      Object.fromEntries(names.map((name, n) => [name, `live /posts/place-${other(n)}/`])),
    )
    expect(await stage.ids()).toEqual(ids)
    expect(await stage.told(number)).toEqual([])
    const view = await openSiteView(stage.ledger.db, siteName, number)
    for (const n of [0, 99, 100, 124, 125, 249]) {
      expect((await view.postAt(`/posts/place-${other(n)}/`))?.path).toBe(names[n])
    }
  })

  test('that a post has had leads to it, also where it had it only between two commits of a push', async ({stage}) => {
    await stage.push({'posts/a.md': post('slug: one')})
    await stage.commit({'posts/a.md': post('slug: two')})
    const {number} = await stage.push({'posts/a.md': post('slug: three\naliases: [/by-hand]')})
    const view = await openSiteView(stage.ledger.db, siteName, number)
    expect(await view.postFrom('posts/a.md')).toMatchObject({
      address: '/posts/three/',
      aliases: ['/by-hand/', '/posts/one/', '/posts/two/'],
    })
    expect(await view.aliasAt('/posts/two/')).toBe('/posts/three/')
  })

  test('of Broadside’s own is nobody’s', async ({stage}) => {
    const {number} = await stage.push({
      'posts/a.md': post('permalink: /archive/2026/'),
      'pages/b.md': post('permalink: /feed.xml'),
    })
    expect(await stage.posts()).toEqual({})
    expect(await stage.pages()).toEqual({})
    expect((await stage.told(number)).length).toBeGreaterThanOrEqual(2)
  })
})

describe('between a post and a page', () => {
  test('whoever holds the address keeps it', async ({stage}) => {
    await stage.push({'posts/a.md': post('permalink: /x/'), 'pages/y.md': post()})
    await stage.push({'pages/x.md': post(), 'posts/b.md': post('permalink: /y/')})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /x/'})
    expect(await stage.pages()).toEqual({'pages/y.md': '/y/'})
  })

  test('the page that waits is there once the post has gone, though nobody touched it', async ({stage}) => {
    await stage.push({'posts/a.md': post('permalink: /x/')})
    const {number} = await stage.push({'pages/x.md': post()})
    expect(await stage.told(number)).toEqual(['error page.address-taken pages/x.md'])
    await stage.push({'posts/a.md': undefined})
    expect(await stage.pages()).toEqual({'pages/x.md': '/x/'})
  })

  test('the post that waits is there once the page has gone', async ({stage}) => {
    await stage.push({'pages/x.md': post()})
    await stage.push({'posts/a.md': post('permalink: /x/')})
    await stage.push({'pages/x.md': undefined})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /x/'})
  })

  test('a post that gives up its address in vain keeps it, and the page that comes waits', async ({stage}) => {
    await stage.push({'posts/a.md': post('permalink: /x/'), 'posts/b.md': post('permalink: /y/')})
    await stage.push({'posts/b.md': post('permalink: /x/'), 'pages/y.md': post()})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /x/', 'posts/b.md': 'live /y/'})
    expect(await stage.pages()).toEqual({})
    await stage.push({'posts/a.md': undefined})
    expect(await stage.posts()).toEqual({'posts/b.md': 'live /x/'})
    expect(await stage.pages()).toEqual({'pages/y.md': '/y/'})
  })

  test('a page that cannot be read keeps its address', async ({stage}) => {
    await stage.push({'pages/x.md': post()})
    await stage.push({'pages/x.md': '---\ntitle: [\n---\nText', 'pages/other.md': post('permalink: /x/')})
    expect(await stage.pages()).toEqual({'pages/x.md': '/x/'})
  })

  test('of two pages the one that holds the address keeps it, whatever the names are', async ({stage}) => {
    await stage.push({'pages/z.md': post('permalink: /x/')})
    await stage.push({'pages/a.md': post('permalink: /x/'), 'pages/z.md': post('permalink: /x/\ndescription: D')})
    expect(await stage.pages()).toEqual({'pages/z.md': '/x/'})
    await stage.push({'pages/z.md': undefined})
    expect(await stage.pages()).toEqual({'pages/a.md': '/x/'})
  })
})
