import {describe, expect} from 'vitest'
import {post, test} from './stage.fixture.ts'

const at = (clock: string): number => Date.parse(`2026-11-04T${clock}:00Z`)

describe('status', () => {
  test('follows front matter, and each post that became live or left it is told of', async ({stage}) => {
    const first = await stage.push({
      'posts/draft.md': post('draft: true'),
      'posts/later.md': post('date: 2026-11-04T10:00Z'),
      'posts/live.md': post(),
      'posts/over.md': post('date: 2020-01-01\nexpires: 2021-01-01'),
    })
    expect(await stage.posts()).toEqual({
      'posts/draft.md': 'draft /posts/draft/',
      'posts/later.md': 'scheduled /posts/later/',
      'posts/live.md': 'live /posts/live/',
      'posts/over.md': 'expired /posts/over/',
    })
    expect(await stage.events(first.number)).toEqual(['post.published /posts/live/', 'revision.accepted'])
    expect(first.summary).toMatchObject({drafts: 1, scheduled: [{path: 'posts/later.md', at: at('10:00')}]})
    const second = await stage.push({'posts/draft.md': post(), 'posts/live.md': post('draft: true')})
    expect((await stage.events(second.number)).toSorted()).toEqual([
      'post.published /posts/draft/',
      'post.removed /posts/live/',
      'revision.accepted',
    ])
  })

  test('changes with time alone, by a revision of the same commit', async ({stage}) => {
    const first = await stage.push({'posts/a.md': post('date: 2026-11-04T10:00Z\nexpires: 2026-11-04T11:00Z')})
    stage.now = at('09:00')
    expect(await stage.posts()).toEqual({'posts/a.md': 'scheduled /posts/a/'})
    stage.now = at('10:00')
    const live = await stage.tick()
    expect(await stage.events(live!.number)).toEqual(['post.published /posts/a/', 'revision.accepted'])
    stage.now = at('11:00')
    const over = await stage.tick()
    expect(await stage.events(over!.number)).toEqual(['post.removed /posts/a/', 'revision.accepted'])
    const revisions = await stage.ledger.db.selectFrom('revisions').select(['commit_id', 'cause']).execute()
    expect(new Set(revisions.map(({commit_id}) => commit_id)).size).toBe(1)
    expect(revisions.map(({cause}) => cause)).toEqual(['push', 'clock', 'clock'])
    expect(first.number).toBe(1)
    expect(await stage.ledger.db.selectFrom('timers').selectAll().execute()).toEqual([])
  })

  test('of a post whose newest file is broken changes in time all the same', async ({stage}) => {
    const times = 'date: 2026-11-04T10:00Z\nexpires: 2026-11-04T11:00Z'
    await stage.push({'posts/a.md': post(`${times}\ntags: [one]\naliases: [/old/]`)})
    await stage.push({'posts/a.md': '---\ntitle: [\n---\nText'})
    expect(await stage.posts()).toEqual({'posts/a.md': 'scheduled /posts/a/'})
    stage.now = at('10:00')
    const live = await stage.tick()
    expect(await stage.events(live!.number)).toEqual(['post.published /posts/a/', 'revision.accepted'])
    stage.now = at('11:00')
    await stage.tick()
    expect(await stage.posts()).toEqual({'posts/a.md': 'expired /posts/a/'})
  })

  test('frees the address when the holder expires, although its newest file wants another one in vain', async ({
    stage,
  }) => {
    await stage.push({
      'posts/a.md': post('slug: one\ndate: 2020-01-01\nexpires: 2026-11-04T10:00Z'),
      'posts/b.md': post('slug: two'),
    })
    await stage.push({'posts/a.md': post('slug: two\ndate: 2020-01-01'), 'posts/c.md': post('slug: one')})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/one/', 'posts/b.md': 'live /posts/two/'})
    stage.now = at('10:00')
    await stage.tick()
    expect(await stage.posts()).toEqual({
      'posts/a.md': 'expired /posts/one/',
      'posts/b.md': 'live /posts/two/',
      'posts/c.md': 'live /posts/one/',
    })
  })
})

describe('the site’s settings', () => {
  test('date and address all posts anew when time zone or permalink change, and leave their texts', async ({stage}) => {
    await stage.push({
      'broadside.yaml': 'title: T\ntimezone: UTC\n',
      'posts/a.md': post('date: 2026-03-01'),
      'posts/b.md': post('date: 2026-02-28 23:30'),
    })
    const {number} = await stage.push({
      'broadside.yaml': 'title: T\ntimezone: Pacific/Auckland\npermalink: /:year/:month/:slug/\n',
    })
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /2026/03/a/', 'posts/b.md': 'live /2026/02/b/'})
    expect((await stage.events(number)).toSorted()).toEqual([
      'post.updated /2026/02/b/',
      'post.updated /2026/03/a/',
      'revision.accepted',
    ])
    const {date} = await stage.ledger.db
      .selectFrom('post_versions')
      .select('date')
      .where('path', '=', 'posts/a.md')
      .orderBy('from_revision', 'desc')
      .executeTakeFirstOrThrow()
    expect(new Date(date).toISOString()).toBe('2026-02-28T11:00:00.000Z')
  })
})
