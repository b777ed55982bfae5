import {describe, expect} from 'vitest'
import {parseEvent} from '@broadside/contracts'
import {post, test, type Stage} from './stage.fixture.ts'

const png = (n: number): Uint8Array => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, n)

async function bodies({ledger}: Stage) {
  return (await ledger.db.selectFrom('outbox').select('body').orderBy('id').execute()).map(({body}) => parseEvent(body))
}

describe('post.updated', () => {
  test.for<[string, Record<string, string | Uint8Array | undefined>]>([
    ['its text', {'posts/x/index.md': post('', 'New.')}],
    ['its address', {'posts/x/index.md': post('slug: y')}],
    ['an image beside it', {'posts/x/a.png': png(2)}],
    ['an image further below', {'posts/x/img/b.png': png(2)}],
    ['a new image', {'posts/x/c.png': png(1)}],
    ['an image that is gone', {'posts/x/a.png': undefined}],
  ])('tells of %s', async ([, changes], {stage}) => {
    await stage.push({'posts/x/index.md': post(), 'posts/x/a.png': png(1), 'posts/x/img/b.png': png(1)})
    const {number, summary} = await stage.push(changes)
    expect((await stage.events(number))[0]).toMatch(/^post\.updated \/posts\/[xy]\/$/)
    expect(summary.counts.updated).toBe(1)
  })

  test('tells nothing of a draft’s image, of one that lies elsewhere, or of a commit that changes nothing', async ({
    stage,
  }) => {
    await stage.push({'posts/x/index.md': post('draft: true'), 'posts/y.md': post()})
    const {number} = await stage.push({'posts/x/a.png': png(1), 'posts/a.png': png(1), 'assets/a.png': png(1)})
    expect(await stage.events(number)).toEqual(['revision.accepted'])
    const empty = await stage.push({})
    expect(await stage.events(empty.number)).toEqual(['revision.accepted'])
  })

  test('tells of the innermost folder that is a post', async ({stage}) => {
    await stage.push({'posts/x/index.md': post(), 'posts/x/part/index.md': post('slug: part', 'Part. '.repeat(20))})
    const {number} = await stage.push({'posts/x/part/a.png': png(1)})
    expect(await stage.events(number)).toEqual(['post.updated /posts/part/', 'revision.accepted'])
  })
})

test('an event tells the post’s id, title, address and source, and its own id follows from the fact', async ({
  stage,
}) => {
  await stage.push({'posts/a.md': post()})
  const [published, accepted] = await bodies(stage)
  const {'posts/a.md': id} = await stage.ids()
  const source = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(published).toMatchObject({
    name: 'post.published',
    subject: 'broadside.v1.notes.post.published',
    data: {site: 'notes', revision: 1, post: id, title: 'A post', address: '/posts/a/', source},
  })
  expect(accepted).toMatchObject({data: {posts: {published: 1, updated: 0, removed: 0, broken: 0}, settings: true}})
  expect(new Set([published!.id, accepted!.id]).size).toBe(2)
})

describe('a revision', () => {
  test('is not made twice of one commit', async ({stage}) => {
    await stage.push({'posts/a.md': post()})
    expect(await stage.accept()).toBeUndefined()
  })

  test('is made by one of two that try at once; the other writes nothing', async ({stage}) => {
    await stage.push({'posts/a.md': post()})
    await stage.commit({'posts/b.md': post()})
    await stage.repo.push()
    const {head} = await stage.mirror.fetch()
    const settled = await Promise.allSettled([stage.accept({commit: head!}), stage.accept({commit: head!})])
    expect(settled.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const failed = settled.find(({status}) => status === 'rejected') as PromiseRejectedResult
    expect(failed.reason).toMatchObject({code: 'revision.raced', kind: 'transient'})
    expect(await stage.ledger.db.selectFrom('revisions').select('number').execute()).toHaveLength(2)
    expect((await bodies(stage)).map(({name}) => name)).toEqual([
      'post.published',
      'revision.accepted',
      'post.published',
      'revision.accepted',
    ])
  })

  test('that dies before its transaction is kept leaves nothing but texts, and is made by the next try', async ({
    stage,
  }) => {
    const before = async () =>
      Promise.all(
        (['revisions', 'posts', 'post_versions', 'changes', 'renders', 'outbox', 'timers'] as const).map((table) =>
          stage.ledger.db.selectFrom(table).selectAll().execute(),
        ),
      )
    await stage.push({'posts/a.md': post()})
    const kept = await before()
    await stage.commit({'posts/a.md': post('slug: b\ndraft: true'), 'posts/c.md': post('date: 2030-01-01')})
    await stage.repo.push()
    const {head} = await stage.mirror.fetch()
    const dying = {
      ...stage.ledger,
      transaction: <Result>(work: (db: typeof stage.ledger.db) => Promise<Result>) =>
        stage.ledger.transaction(async (db) => {
          await work(db)
          throw new Error('the power is gone')
        }),
    }
    await expect(stage.accept({commit: head!, ledger: dying})).rejects.toThrow('the power is gone')
    expect(await before()).toEqual(kept)
    const accepted = await stage.accept({commit: head!})
    expect(accepted).toMatchObject({number: 2, summary: {drafts: 1}})
  })
})
