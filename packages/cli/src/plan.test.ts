import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Plan} from './plan/plan.ts'
import {createSharedPool, runCli} from './test-cli.ts'
import {addSubscribers, createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'

let installed: TestInstallation
const now = Date.parse('2026-11-20T12:00:00Z')

const shared = createSharedPool()

beforeAll(async () => {
  installed = await createInstallation()
  await installed.push({
    'broadside.yaml': 'title: Notes\nnewsletter: {from: notes@notes.example}\n',
    'posts/first.md': post('First', {text: 'One.\n\nTwo.'}),
    'posts/moving.md': post('Moving'),
    'posts/leaving.md': post('Leaving'),
    'pages/about.md': '---\ntitle: About\n---\n\nSee [leaving](/posts/leaving/).\n',
  })
  await addSubscribers(installed, ['active', 'active', 'pending'])
})
afterAll(async () => {
  await shared.close()
  await installed.close()
})

const plan = (argv: string[], env: Record<string, string> = installed.env) =>
  runCli(['plan', ...argv], {cwd: installed.repo.dir, clock: {now: () => now}, createPool: shared.createPool, env})

const changes = {
  'posts/first.md': post('First', {text: 'One.\n\nThree.'}),
  'posts/moving.md': post('Moving', {more: 'slug: moved\n'}),
  'posts/leaving.md': undefined,
  'posts/new.md': post('New `@all`', {date: '2026-11-20', more: 'feedId: tag:1\nnewsletter: {subject: It is new}\n'}),
  'posts/later.md': post('Later', {
    date: '2026-12-01',
    text: 'The price is TK. See [next](next.md).',
    more: `guid: tag:1\nnewsletter: {subject: ${'Later '.repeat(13).trim()}}\n`,
  }),
  'posts/idea.md': post('Idea', {more: 'draft: true\n'}),
  'posts/broken.md': post('Broken', {date: 'soon'}),
}

/** The search index follows a release by itself and is no part of a plan. */
function planned(live: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...live].filter(([key]) => !/^search\/.*\.json$/.test(key)))
}

describe('broadside plan', () => {
  test('tells what a commit would do, and that is what publishing it does', async () => {
    const {repo} = installed
    await repo.remove('posts/leaving.md')
    for (const [path, text] of Object.entries(changes)) if (text !== undefined) await repo.write({[path]: text})
    await repo.commit()
    const {code, out, err} = await plan(['--json'])
    expect({code, err}).toEqual({code: 2, err: ''})
    const {files, texts, ...told} = JSON.parse(out) as Plan
    expect(texts.map(({change, path, was, address}) => [change, path, was, address].filter(Boolean).join(' '))).toEqual(
      [
        'changed posts/first.md /posts/first/',
        'removed posts/leaving.md /posts/leaving/',
        'moved posts/moving.md /posts/moving/ /posts/moved/',
        'added posts/new.md /posts/new/',
      ],
    )
    expect(texts[0]?.diff.map(({sign, text}) => `${sign}${text}`)).toEqual([' ', '-Two.', '+Three.', ' '])
    const title = 'New `@all`'
    expect(told).toMatchObject({
      site: siteName,
      against: `revision 1 of ${siteName}`,
      redirects: {added: [{from: '/posts/moving/', to: '/posts/moved/'}], removed: []},
      feed: {added: [{title}], updated: [{title: 'First'}, {title: 'Moving'}], removed: [{title: 'Leaving'}]},
      mail: [
        {path: 'posts/new.md', title, subject: 'It is new', decision: 'at-once', why: 'one new post', findings: []},
        {
          path: 'posts/later.md',
          decision: 'held',
          why: 'it says TK, which marks what is still to be written',
          at: Date.parse('2026-12-01'),
          findings: [
            {code: 'preflight.placeholder', gate: true},
            {code: 'preflight.subject', gate: false},
          ],
        },
      ],
      audience: {people: 2, excluded: {pending: 1}},
      scheduled: [{path: 'posts/later.md', at: Date.parse('2026-12-01'), isNew: true}],
      drafts: [{path: 'posts/idea.md', title: 'Idea'}],
      problems: [
        {code: 'front-matter.date'},
        {code: 'link.broken', file: 'pages/about.md', line: 5, column: 5},
        {code: 'post.duplicate-feed-id', file: 'posts/later.md'},
      ],
    })
    expect(told.mail[0]?.bytes).toBeGreaterThan(1_000)

    const live = planned(installed.live)
    const {summary} = await installed.push({}, {asOf: now})
    expect(summary.mail).toMatchObject({decision: 'at-once', people: 2, posts: 1})
    const after = planned(installed.live)
    const changed = [...after].filter(([key, hash]) => live.has(key) && live.get(key) !== hash)
    expect(files).toEqual({
      added: [...after.keys()].filter((key) => !live.has(key)).length,
      changed: changed.length,
      removed: [...live.keys()].filter((key) => !after.has(key)).length,
    })
    expect(await plan([])).toEqual({
      code: 0,
      out: `nothing to publish: revision 2 of ${siteName} is this commit\n`,
      err: '',
    })
  })

  test('without an installation compares with the commit before, or with where the branch began', async () => {
    await installed.repo.write({'posts/not-committed.md': post('Not committed')})
    const {out, err, code} = await plan(['--rev', 'HEAD~1'], {BROADSIDE_HOME: '/nowhere'})
    expect({code, err}).toEqual({code: 2, err: ''})
    expect(out).toMatch(/^work: [0-9a-f]{8} compared with commit [0-9a-f]{8}\n/)
    expect(out).toContain('  ~ posts/first.md “First” /posts/first/\n')
    expect(out).toContain('      - Two.\n      + Three.\n')
    expect(out).toContain('  “It is new” (posts/new.md) to everybody on the list, at once: one new post; ')
    const long = 'its subject has 77 characters; lists of mails show some 70'
    const held =
      'at 2026-12-01T00:00Z, held until somebody approves: it says TK, which marks what is still to be written'
    expect(out).toMatch(new RegExp(`posts/later.md\\) to everybody on the list, ${held}; \\d kB\n      ${long}\n`))
    expect(out).toContain('\n  + 2026-12-01T00:00Z posts/later.md “Later”\n')

    const comment = await plan(['--base', 'HEAD~2', '--markdown'])
    expect(comment.err).toBe('what is not committed is not in the plan\n')
    expect(comment.out).toContain('1 new, 1 changed, 1 moved, 1 removed; ')
    expect(comment.out).toContain('- added: `` New `@all` `` `/posts/new/` (`posts/new.md`)\n')
    expect(comment.out).toContain(`, ${held}; `)
    expect(comment.out).toContain(`\n  - \`${long}\`\n`)
    expect(comment.out).toContain('  ```diff\n')
    expect(comment.out).toContain('- removed: `Leaving` `/posts/leaving/` (`posts/leaving.md`)\n')
  })

  test('says that publishing would wait, where the site is kept as it was', async () => {
    const {db} = installed.ledger
    const row = await db.selectFrom('revisions').selectAll().where('number', '=', 1).executeTakeFirstOrThrow()
    await db
      .insertInto('revisions')
      .values({...row, number: 3, cause: 'rollback', shows: 1})
      .execute()
    await db.updateTable('sites').set({pinned: 3}).execute()
    await installed.repo.write({'posts/next.md': post('Next', {text: 'See [it](gone.md).'})})
    await installed.repo.commit()
    const {out} = await plan([])
    expect(out).toMatch(/^notes: [0-9a-f]{8} compared with revision 2 of notes\nheld: the site is kept at revision 1 /)
    expect(out).toContain('  + posts/next.md “Next” /posts/next/\n')
    const gone = 'something in it leads nowhere: Nothing that is published is at "gone.md"'
    expect(out).toMatch(new RegExp(`held until somebody approves: 2 posts became live in one push; ${gone}`))
    expect((await plan(['--markdown'])).out).toContain('**It would wait for a yes:** the site is kept at revision 1 ')
  })

  test('says what is wrong with what it is to compare with', async () => {
    expect(await plan(['--base', 'nowhere'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('fetch-depth') as string,
    })
    expect(await plan(['--site', 'other'])).toMatchObject({code: 2})
    expect(await plan(['--rev', 'nowhere'])).toMatchObject({code: 2})
  })
})
