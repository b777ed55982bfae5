import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect} from 'vitest'
import {openSiteView} from '@broadside/ledger'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import {post, siteName, test, type Stage} from './stage.fixture.ts'

const unreadable = '---\ntitle: [\n---\nText'

let pool: RenderPool
beforeAll(() => {
  pool = createRenderPool({size: 1, budgetMs: 20_000})
})
afterAll(() => pool.close())

/** The excerpt that readers of a revision see of the post at `path`. */
async function seen({ledger}: Stage, revision: number, path: string): Promise<string | undefined> {
  const view = await openSiteView(ledger.db, siteName, revision)
  return (await view.postFrom(path))?.excerpt
}

/** A pool that cannot render documents of this text, as one that is over its time. */
function failingOn(text: string): RenderPool {
  return {
    ...pool,
    render: async (work) =>
      work.source.includes(text)
        ? {
            ok: false,
            diagnostic: {severity: 'error', code: 'markdown.timeout', file: work.file, message: 'takes too long'},
          }
        : pool.render(work),
  }
}

describe('a post whose newest file cannot be taken', () => {
  test.for<[string, string | Uint8Array, string]>([
    ['bad front matter', unreadable, 'error front-matter.syntax posts/a.md'],
    ['no text at all', '', 'error post.empty posts/a.md'],
    ['another encoding', Buffer.from('---\ntitle: caf\xe9\n---\n', 'latin1'), 'error file.encoding posts/a.md'],
    ['20 MB', 'x'.repeat(20_000_000), 'error file.too-large posts/a.md'],
  ])('for %s keeps its last good version, and the rest of the push goes out', async ([, bytes, told], {stage}) => {
    await stage.push({'posts/a.md': post('', 'Good.')})
    const {number, summary} = await stage.push({'posts/a.md': bytes, 'posts/b.md': post()})
    expect(await stage.posts()).toEqual({'posts/a.md': 'live /posts/a/', 'posts/b.md': 'live /posts/b/'})
    expect((await stage.told(number))[0]).toContain(told)
    expect(summary.counts).toEqual({published: 1, updated: 0, removed: 0, broken: 1})
    expect(await stage.events(number)).toEqual(['post.published /posts/b/', 'revision.accepted'])
    const mended = await stage.push({'posts/a.md': post('', 'Better.')})
    expect(await stage.events(mended.number)).toEqual(['post.updated /posts/a/', 'revision.accepted'])
  })

  test('and that never had a good one is absent, and published once it has', async ({stage}) => {
    await stage.push({'posts/a.md': unreadable})
    expect(await stage.posts()).toEqual({})
    const {number} = await stage.push({'posts/a.md': post()})
    expect(await stage.events(number)).toEqual(['post.published /posts/a/', 'revision.accepted'])
  })

  test('is gone when its file is', async ({stage}) => {
    await stage.push({'posts/a.md': post()})
    await stage.push({'posts/a.md': unreadable})
    const {number} = await stage.push({'posts/a.md': undefined})
    expect(await stage.events(number)).toEqual(['post.removed /posts/a/', 'revision.accepted'])
  })
})

describe('a post that cannot be rendered', () => {
  test('keeps its last good version', async ({stage}) => {
    await stage.push({'posts/a.md': post('tags: [old]\naliases: [/first/]', 'Good.')})
    await stage.render(1, pool)
    await stage.push({'posts/a.md': post('slug: moved\ntags: [new]', 'Poison.')})
    await stage.render(2, failingOn('Poison'))
    const view = await openSiteView(stage.ledger.db, siteName, 2)
    expect(await view.postFrom('posts/a.md')).toMatchObject({
      address: '/posts/a/',
      aliases: ['/first/'],
      meta: {tags: ['old']},
      excerpt: 'Good.',
    })
    expect(await view.terms('tag')).toEqual([{key: 'old', label: 'old', count: 1}])
    expect(await stage.told(2)).toEqual(['error markdown.timeout posts/a.md'])
  })

  test('keeps it in every revision up to the next good one, whichever is rendered first', async ({stage}) => {
    await stage.push({'posts/a.md': post('', 'Good.')})
    await stage.render(1, pool)
    await stage.push({'posts/a.md': post('', 'Poison.')})
    await stage.push({'posts/b.md': post()})
    await stage.push({'posts/a.md': post('', 'Better.')})
    await stage.render(4, pool)
    await stage.render(3, pool)
    expect(await revisionStates(stage)).toEqual(['rendered', 'accepted', 'accepted', 'accepted'])
    await stage.render(2, failingOn('Poison'))
    expect(await revisionStates(stage)).toEqual(['rendered', 'rendered', 'rendered', 'rendered'])
    expect(await seen(stage, 1, 'posts/a.md')).toBe('Good.')
    expect(await seen(stage, 2, 'posts/a.md')).toBe('Good.')
    expect(await seen(stage, 3, 'posts/a.md')).toBe('Good.')
    expect(await seen(stage, 4, 'posts/a.md')).toBe('Better.')
  })

  test('and was never seen is absent, and the revision is rendered all the same', async ({stage}) => {
    await stage.push({'posts/a.md': post('', 'Poison.'), 'posts/b.md': post()})
    await stage.render(1, failingOn('Poison'))
    expect(await stage.posts()).toEqual({'posts/b.md': 'live /posts/b/'})
    expect(await revisionStates(stage)).toEqual(['rendered'])
  })
})

async function revisionStates({ledger}: Stage): Promise<string[]> {
  const rows = await ledger.db.selectFrom('revisions').select('state').orderBy('number').execute()
  return rows.map(({state}) => state)
}

describe('what is no plain file is not taken:', () => {
  test('a symbolic link in the place of a post is the end of the post', async ({stage}) => {
    await stage.push({'posts/a.md': post(), 'posts/b.md': post('', 'Another. '.repeat(9))})
    await stage.repo.remove('posts/a.md')
    await symlink('b.md', join(stage.repo.dir, 'posts/a.md'))
    await symlink('../../etc/passwd', join(stage.repo.dir, 'posts/image.png'))
    const {number} = await stage.push({})
    expect(await stage.posts()).toEqual({'posts/b.md': 'live /posts/b/'})
    expect(await stage.told(number)).toEqual(['error file.refused posts/a.md', 'error file.refused posts/image.png'])
    const view = await openSiteView(stage.ledger.db, siteName, number)
    expect(await view.asset('posts/image.png')).toBeUndefined()
  })

  test('neither is a submodule', async ({stage}) => {
    await stage.push({'posts/a.md': post()})
    const head = await stage.repo.git('rev-parse', 'HEAD')
    await stage.repo.git('update-index', '--add', '--cacheinfo', `160000,${head},assets/other`)
    await stage.repo.git('commit', '--quiet', '--message', 'A submodule')
    const {number} = await stage.push()
    expect(await stage.told(number)).toEqual(['error file.refused assets/other'])
  })

  test('neither is the pointer that Git LFS leaves in the place of a file', async ({stage}) => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`
    const {number} = await stage.push({
      'posts/a.md': post(),
      'assets/map.pdf': pointer,
      'assets/about.txt': `On ${pointer}`,
    })
    expect(await stage.told(number)).toEqual(['error file.lfs assets/map.pdf'])
    const view = await openSiteView(stage.ledger.db, siteName, number)
    expect([await view.asset('assets/map.pdf'), (await view.asset('assets/about.txt'))?.path]).toEqual([
      undefined,
      'assets/about.txt',
    ])
  })

  test('neither is a name that cannot stand in an address or a key', async ({stage}) => {
    const names = ['posts/a:b.md', 'posts/con.md', 'assets/back\\slash.png', 'pages/trailing. /x.md']
    const {number} = await stage.push({
      ...Object.fromEntries(names.map((name) => [name, post()])),
      'posts/c.md': post(),
    })
    expect((await stage.told(number)).toSorted()).toEqual(names.map((name) => `error file.refused ${name}`).toSorted())
    expect(await stage.posts()).toEqual({'posts/c.md': 'live /posts/c/'})
  })
})

describe('files whose names differ in case alone', () => {
  test('are one: who has the name keeps it, else the first by path, and another follows when that one goes', async ({
    stage,
  }) => {
    const published = async (revision: number) => {
      const view = await openSiteView(stage.ledger.db, siteName, revision)
      const paths: string[] = []
      for await (const {path} of view.assets()) paths.push(path)
      return paths.toSorted()
    }
    const together = await stage.push({'assets/Logo.txt': 'one', 'assets/logo.txt': 'two', 'assets/other.txt': 'three'})
    expect(await stage.told(together.number)).toEqual(['error file.case assets/logo.txt'])
    expect(await published(together.number)).toEqual(['assets/Logo.txt', 'assets/other.txt'])

    const later = await stage.push({'assets/OTHER.txt': 'four', 'assets/logo.txt': 'changed'})
    expect((await stage.told(later.number)).toSorted()).toEqual([
      'error file.case assets/OTHER.txt',
      'error file.case assets/logo.txt',
    ])
    expect(await published(later.number)).toEqual(['assets/Logo.txt', 'assets/other.txt'])

    const gone = await stage.push({'assets/Logo.txt': undefined, 'assets/other.txt': undefined})
    expect(await stage.told(gone.number)).toEqual([])
    expect(await published(gone.number)).toEqual(['assets/OTHER.txt', 'assets/logo.txt'])
    const back = await stage.push({'assets/Logo.txt': 'one'})
    expect(await stage.told(back.number)).toEqual(['error file.case assets/Logo.txt'])
  })

  test('or in how an accent is written, are told too; one that takes the place of another is not', async ({stage}) => {
    await stage.push({'assets/\u00e9t\u00e9.txt': 'one', 'assets/menu.txt': 'two'})
    const {number} = await stage.push({
      'assets/e\u0301te\u0301.txt': 'three',
      'assets/menu.txt': undefined,
      'assets/Menu.txt': 'two',
    })
    expect(await stage.told(number)).toEqual(['error file.case assets/e\u0301te\u0301.txt'])
  })

  test('are told where the letter is none of ASCII, also when they come one after the other', async ({stage}) => {
    await stage.push({'assets/Über.png': 'one'})
    const {number} = await stage.push({'assets/über.png': 'two'})
    expect(await stage.told(number)).toEqual(['error file.case assets/über.png'])
  })
})

test('a push that touches more files than a revision may is refused whole', async ({stage}) => {
  const files = Object.fromEntries([1, 2, 3, 4].map((n) => [`posts/${n}.md`, post()]))
  await expect(stage.push(files, {maxFiles: 3})).rejects.toMatchObject({code: 'revision.too-large', kind: 'invalid'})
  expect(await stage.posts()).toEqual({})
  await stage.push({}, {maxFiles: 4})
  expect(Object.keys(await stage.posts())).toHaveLength(4)
})
