import {describe, expect} from 'vitest'
import {openSiteView} from '@broadside/ledger'
import {post, test} from './stage.fixture.ts'

const text =
  'When the queue is full the last one in waits outside, and the door stays open for whoever leaves.\n'.repeat(5)

describe('a post is the same', () => {
  test('after its file was renamed', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text)})
    const {'posts/a.md': id} = await stage.ids()
    await stage.repo.move('posts/a.md', 'posts/b.md')
    await stage.push({})
    expect(await stage.ids()).toEqual({'posts/b.md': id})
    expect(await stage.posts()).toEqual({'posts/b.md': 'live /posts/b/'})
  })

  test('after it was renamed, and rewritten in the next commit of the same push', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text)})
    const {'posts/a.md': id} = await stage.ids()
    await stage.repo.move('posts/a.md', 'posts/b.md')
    await stage.commit({})
    await stage.push({'posts/b.md': post('', 'Nothing of it is left. '.repeat(40))})
    expect(await stage.ids()).toEqual({'posts/b.md': id})
  })

  test('after two changed places', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text), 'posts/b.md': post('', 'Quite another text. '.repeat(30))})
    const before = await stage.ids()
    await stage.repo.move('posts/a.md', 'posts/c.md')
    await stage.commit({})
    await stage.repo.move('posts/b.md', 'posts/a.md')
    await stage.commit({})
    await stage.repo.move('posts/c.md', 'posts/b.md')
    await stage.push({})
    expect(await stage.ids()).toEqual({'posts/a.md': before['posts/b.md'], 'posts/b.md': before['posts/a.md']})
  })

  test('after it was removed and added again at its path', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text), 'posts/b.md': post()})
    const before = await stage.ids()
    await stage.push({'posts/a.md': undefined})
    expect(await stage.ids()).toEqual({'posts/b.md': before['posts/b.md']})
    await stage.push({'posts/a.md': post('', 'A new beginning.')})
    expect(await stage.ids()).toEqual(before)
  })
})

describe('another post', () => {
  test('is what comes to a path whose post has moved away', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text)})
    const {'posts/a.md': first} = await stage.ids()
    await stage.repo.move('posts/a.md', 'posts/b.md')
    await stage.push({})
    await stage.push({'posts/a.md': post('', 'Quite another text. '.repeat(30))})
    const ids = await stage.ids()
    expect(ids['posts/b.md']).toBe(first)
    expect(ids['posts/a.md']).not.toBe(first)
  })
})

describe('an id of the author’s own', () => {
  test('makes a post the same wherever it comes back', async ({stage}) => {
    await stage.push({'posts/a.md': post('id: mine', text)})
    const {'posts/a.md': id} = await stage.ids()
    await stage.push({'posts/a.md': undefined})
    await stage.push({'posts/far/away.md': post('id: mine', 'Quite another text. '.repeat(30))})
    expect(await stage.ids()).toEqual({'posts/far/away.md': id})
  })

  test('stays with the older post, and the newer one goes out by another while its author is told', async ({stage}) => {
    await stage.push({'posts/old.md': post('id: mine')})
    const before = await stage.ids()
    const {number} = await stage.push({'posts/new.md': post('id: mine', text)})
    const ids = await stage.ids()
    expect(ids['posts/old.md']).toBe(before['posts/old.md'])
    expect(ids['posts/new.md']).not.toBe(before['posts/old.md'])
    expect(await stage.told(number)).toEqual(['error post.duplicate-id posts/new.md'])
    expect(await stage.posts()).toMatchObject({'posts/new.md': 'live /posts/new/'})
  })

  test('comes too late for a post that was readable without it', async ({stage}) => {
    await stage.push({'posts/a.md': post()})
    const before = await stage.ids()
    await stage.push({'posts/a.md': post('id: mine')})
    expect(await stage.ids()).toEqual(before)
  })

  test('is chosen by the first version that can be read', async ({stage}) => {
    await stage.push({'posts/a.md': '---\ntitle: [\n---\nText'})
    const before = await stage.ids()
    await stage.push({'posts/a.md': post('id: mine')})
    await stage.push({'posts/a.md': undefined, 'posts/b.md': post('id: mine', text)})
    const {'posts/b.md': id} = await stage.ids()
    expect(id).not.toBe(before['posts/a.md'])
    expect(await stage.ledger.db.selectFrom('posts').select('id').execute()).toEqual([{id}])
  })
})

describe('an id from the feed of another tool', () => {
  test('that another post has is told at the one that comes later, and as long as both have it', async ({stage}) => {
    await stage.push({'posts/old.md': post('feedId: tag:1')})
    const {number} = await stage.push({'posts/new.md': post('feedId: tag:1\ndate: 1999-01-01', text)})
    const found = 'warning post.duplicate-feed-id posts/new.md'
    expect(await stage.told(number)).toEqual([found])
    expect(await stage.told((await stage.push({'posts/old.md': post('feedId: tag:1', text)})).number)).toEqual([])
    expect((await stage.posts())['posts/new.md']).toBe('live /posts/new/')
    const moved = {'posts/old.md': undefined, 'posts/moved.md': post('feedId: tag:1', text)}
    expect(await stage.told((await stage.push(moved)).number)).toEqual([])
    await stage.push({'posts/moved.md': undefined})
    const alone = {'posts/new.md': post('feedId: tag:1', text)}
    expect(await stage.told((await stage.push(alone)).number)).toEqual([])
  })

  test('that two posts of one push have is told at the younger one', async ({stage}) => {
    const {number} = await stage.push({
      'posts/a.md': post('feedId: tag:1\ndate: 2026-02-02', text),
      'posts/b.md': post('feedId: tag:1\ndate: 2026-01-01'),
    })
    expect(await stage.told(number)).toEqual(['warning post.duplicate-feed-id posts/a.md'])
  })
})

describe('where history is rewritten, identity comes from memory:', () => {
  test('the same path is the same post, else the same source is, else it is new', async ({stage}) => {
    const first = await stage.commit({'broadside.yaml': 'title: T\n'})
    await stage.push({
      'posts/a.md': post('', text),
      'posts/b.md': post('', 'A text that moves. '.repeat(30)),
      'posts/c.md': post('', 'A text that goes. '.repeat(30)),
    })
    const before = await stage.ids()
    await stage.repo.git('reset', '--hard', first)
    const {number} = await stage.push({
      'posts/a.md': post('', 'All of it new. '.repeat(30)),
      'posts/moved.md': post('', 'A text that moves. '.repeat(30)),
      'posts/d.md': post('', 'Never seen. '.repeat(30)),
    })
    const ids = await stage.ids()
    expect(ids).toMatchObject({'posts/a.md': before['posts/a.md'], 'posts/moved.md': before['posts/b.md']})
    expect(Object.values(before)).not.toContain(ids['posts/d.md'])
    expect((await stage.events(number)).toSorted()).toEqual([
      'post.published /posts/d/',
      'post.removed /posts/c/',
      'post.updated /posts/a/',
      'post.updated /posts/moved/',
      'revision.accepted',
    ])
  })

  test('unrelated history', async ({stage}) => {
    await stage.push({'posts/a.md': post('', text), 'posts/b.md': post()})
    const before = await stage.ids()
    await stage.repo.git('checkout', '--quiet', '--orphan', 'other')
    await stage.repo.remove('posts/b.md')
    await stage.push({'posts/a.md': post('', 'New. '.repeat(30))})
    expect(await stage.ids()).toEqual({'posts/a.md': before['posts/a.md']})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/a/'})
  })

  test('a last commit that is lost', async ({stage}) => {
    await stage.push({
      'posts/a.md': post('', text),
      'posts/b.md': post(),
      'pages/about.md': post(),
      'assets/x.txt': 'x',
      'theme/style.css': 'p {}',
      'redirects.yaml': '- {from: /old/, to: /posts/a/}\n',
    })
    const before = await stage.ids()
    await stage.ledger.db
      .updateTable('revisions')
      .set({commit_id: 'd'.repeat(40)})
      .execute()
    await stage.repo.remove('theme', 'redirects.yaml', 'pages', 'assets', 'posts/b.md')
    const {number} = await stage.push({})
    expect(await stage.ids()).toEqual({'posts/a.md': before['posts/a.md']})
    expect(await stage.pages()).toEqual({})
    expect(await stage.events(number)).toEqual(['post.removed /posts/b/', 'revision.accepted'])
    const {theme_hash} = await stage.ledger.db
      .selectFrom('revisions')
      .select('theme_hash')
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    const theme = await stage.ledger.db.selectFrom('texts').select('body').where('hash', '=', theme_hash).execute()
    expect(theme).toEqual([{body: '{}'}])
    const view = await openSiteView(stage.ledger.db, 'notes', number)
    expect(await view.redirects()).toEqual([])
    expect(await view.asset('assets/x.txt')).toBeUndefined()
  })
})
