import {openEnd, type Ledger} from '@broadside/ledger'
import {pipelineVersion} from '@broadside/markdown'
import {describe, expect} from 'vitest'
import {post, test, type Stage} from './stage.fixture.ts'

const files = {
  'posts/a.md': post('date: 2026-01-01', 'See [b](b.md).'),
  'posts/b.md': post('date: 2026-01-02\nslug: b', 'Text.'),
  'posts/later.md': post('date: 2027-01-01\nslug: later', 'Text.'),
  'posts/draft.md': post('draft: true\nslug: draft'),
  'pages/about.md': post('', 'About.'),
}

/** What each present post and page shows, by path. */
async function shown({db}: Ledger): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  for (const table of ['post_versions', 'page_versions'] as const) {
    const rows = await db
      .selectFrom(table as 'post_versions')
      .leftJoin('fragments', 'fragments.key', `${table as 'post_versions'}.fragment_key`)
      .select(['path', 'fragment_key', 'body'])
      .where('to_revision', '=', openEnd)
      .execute()
    for (const {path, fragment_key: key, body} of rows) found[path] = [key, body]
  }
  return found
}

/** Makes everything look as if an older Broadside had made it. */
async function age({db}: Ledger): Promise<void> {
  await db
    .updateTable('revisions')
    .set({pipeline: pipelineVersion - 1})
    .execute()
  await db
    .updateTable('fragments')
    .set((e) => ({key: e.fn('concat', [e.val('old-'), 'key']), body: '{"parts":["old"]}'}))
    .execute()
  for (const table of ['post_versions', 'page_versions'] as const) {
    await db
      .updateTable(table as 'post_versions')
      .set((e) => ({fragment_key: e.fn('concat', [e.val('old-'), 'fragment_key'])}))
      .execute()
  }
}

async function publishByOlder(stage: Stage): Promise<Record<string, unknown>> {
  await stage.push(files)
  await stage.render(1)
  const fresh = await shown(stage.ledger)
  await age(stage.ledger)
  expect(await shown(stage.ledger)).not.toEqual(fresh)
  return fresh
}

describe('after an upgrade', () => {
  test('a revision of the same commit gives what a fresh publish does, without an event of any post', async ({
    stage,
  }) => {
    const fresh = await publishByOlder(stage)
    const accepted = await stage.accept({cause: 'upgrade'})
    expect(accepted).toMatchObject({number: 2, summary: {counts: {published: 0, removed: 0, broken: 0}}})
    await stage.render(2)
    expect(await shown(stage.ledger)).toEqual(fresh)
    expect(await stage.events(2)).toEqual(['revision.accepted', 'revision.rendered'])
    const revisions = await stage.ledger.db.selectFrom('revisions').select(['commit_id', 'cause', 'pipeline']).execute()
    expect(revisions[1]).toEqual({...revisions[0], cause: 'upgrade', pipeline: pipelineVersion})
  })

  test('that revision is made once, of two that start together too', async ({stage}) => {
    await publishByOlder(stage)
    const both = await Promise.allSettled([stage.accept({cause: 'upgrade'}), stage.accept({cause: 'upgrade'})])
    const made = both.filter((one) => one.status === 'fulfilled' && one.value !== undefined)
    expect(made).toHaveLength(1)
    for (const one of both) if (one.status === 'rejected') expect(one.reason).toMatchObject({code: 'revision.raced'})
    expect(await stage.accept({cause: 'upgrade'})).toBeUndefined()
    expect(await stage.accept()).toBeUndefined()
  })

  test('a push that comes first renders all of the site anew with its own posts', async ({stage}) => {
    const fresh = await publishByOlder(stage)
    const pushed = await stage.push({'posts/c.md': post('date: 2026-02-01\nslug: c')})
    await stage.render(pushed.number)
    expect(await shown(stage.ledger)).toEqual({...fresh, 'posts/c.md': expect.any(Array)})
    expect(await stage.accept({cause: 'upgrade'})).toBeUndefined()
  })

  test('a look at the remote that finds no commit is enough', async ({stage}) => {
    await publishByOlder(stage)
    await stage.accept()
    const {cause} = await stage.ledger.db
      .selectFrom('revisions')
      .select('cause')
      .where('number', '=', 2)
      .executeTakeFirstOrThrow()
    expect(cause).toBe('upgrade')
  })
})

test('without an upgrade there is nothing to accept', async ({stage}) => {
  await stage.push(files)
  expect(await stage.accept({cause: 'upgrade'})).toBeUndefined()
})
