import {access, mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {foreignTools, type Conversion} from '@broadside/convert'
import {keyOf, normaliseAddress} from '@broadside/site'
import {isFullRun} from '@broadside/testkit/test-size'
import {parseRssFeed} from 'feedsmith'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {createSharedPool, runCli} from './test-cli.ts'
import {writeForeignSite} from './test-foreign.ts'

let root: string
const shared = createSharedPool()
const now = Date.parse('2026-11-20T23:30:00Z')
const author = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@x.example',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@x.example',
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside-init-'))
})
afterAll(async () => {
  await shared.close()
  await rm(root, {recursive: true, force: true})
})

const run = (...argv: string[]) =>
  runCli(argv, {
    cwd: root,
    clock: {now: () => now},
    createPool: shared.createPool,
    env: {HOME: root, XDG_CACHE_HOME: join(root, 'cache'), ...author},
  })
const read = (path: string) => readFile(join(root, path), 'utf8')
const isThere = (path: string) =>
  access(join(root, path)).then(
    () => true,
    () => false,
  )

describe('a new site', () => {
  test('is settings, a post, a page and a first commit, and has nothing to put right', async () => {
    const made = await run(
      'init',
      'notes',
      '--title',
      'Notes: from the field',
      '--timezone',
      'Europe/Berlin',
      '--ci',
      'github',
    )
    expect(made).toMatchObject({code: 0, out: 'a new site in notes\n'})
    expect(await readdir(join(root, 'notes'))).toEqual([
      '.git',
      '.github',
      '.gitignore',
      'broadside.yaml',
      'pages',
      'posts',
    ])
    expect(await read('notes/posts/2026-11-21-hello.md')).toContain('date: 2026-11-21T00:30:00+01:00\n')
    expect(await read('notes/.github/workflows/broadside.yml')).toContain('broadside plan')
    expect(await run('check', 'notes')).toMatchObject({code: 0, out: 'nothing to put right in 2 files\n'})
    expect(JSON.parse((await run('list', 'published', 'notes', '--json')).out)).toHaveLength(1)
  })

  test('is refused where something lies already, and where settings cannot be', async () => {
    await mkdir(join(root, 'full'))
    await writeFile(join(root, 'full/mine.txt'), 'mine')
    expect(await run('init', 'full')).toMatchObject({
      code: 2,
      err: expect.stringContaining('full holds mine.txt already') as string,
    })
    expect(await readdir(join(root, 'full'))).toEqual(['mine.txt'])
    expect((await run('init', 'x', '--timezone', 'Berlin')).err).toContain('Berlin is no time zone')
    await writeForeignSite('hugo', join(root, 'asked'))
    for (const asked of [
      ['--timezone', 'Berlin'],
      ['--language', 'the mother tongue'],
    ]) {
      const refused = await run('init', '--from', 'hugo', 'asked', 'y', ...asked)
      expect(refused).toMatchObject({code: 2, err: expect.stringContaining(`${asked[1]} is no `) as string})
      expect(await isThere('y')).toBe(false)
    }
    expect((await run('init', 'a', 'b')).code).toBe(2)
    expect((await run('init', '--from', 'jekyll')).code).toBe(2)
    expect((await run('init', '--from', 'jekyll', 'nowhere', 'y')).err).toContain('there is nothing at')
  })
})

/** A build says most and costs most: a small run builds what comes from a folder and from one file. */
const built = isFullRun ? foreignTools : foreignTools.filter((tool) => ['jekyll', 'ghost'].includes(tool))
const withUrl = ['substack', 'ghost', 'buttondown']

describe('brought from', () => {
  const old = new Map<string, string[]>()

  test.each(foreignTools)('%s: nothing has to be put right, and what was guessed and left is told', async (tool) => {
    old.set(tool, await writeForeignSite(tool, join(root, tool, 'old')))
    const url = withUrl.includes(tool) ? ['--url', 'https://ops.substack.com/'] : []
    const made = await run('init', '--from', tool, `${tool}/old`, `${tool}/new`, '--json', ...url)
    expect(made.code).toBe(0)
    const {dir: _, ...done} = JSON.parse(made.out) as Conversion & {dir: string}
    expect(JSON.parse((await run('check', `${tool}/new`, '--json')).out)).toMatchObject({errors: 0})
    const front = await frontMatterIn(join(root, tool, 'new'))
    await expect(`${JSON.stringify({...done, front}, null, 1)}\n`).toMatchFileSnapshot(`${fixtures}/${tool}.told.json`)
  })

  test.each(built)('%s: every old address answers, and feeds have the ids they had', async (tool) => {
    const target = ['--out', `${tool}/out`, '--url', 'https://ops.example/', '--as-of', '2098-01-01']
    expect((await run('build', `${tool}/new`, ...target)).code).toBe(0)
    for (const address of old.get(tool) ?? []) {
      const page = keyOf(normaliseAddress(address))
      expect({address, isThere: await isThere(`${tool}/out/${page}`)}).toEqual({address, isThere: true})
    }
    const feed = parseRssFeed(await read(`${tool}/out/feed.xml`)) as {items?: {guid?: {value?: string}}[]}
    const ids = Object.values(await frontMatterIn(join(root, tool, 'new'))).flatMap(({feedId}) => feedId ?? [])
    expect(ids.length).toBeGreaterThan(1)
    expect(feed.items?.map(({guid}) => guid?.value).toSorted()).toEqual(ids.toSorted())
  })

  test.each([
    ['ghost', '2024-03-02'],
    ['wordpress', '2024-03-02'],
    ['hugo', '2024-03-03'],
    ['jekyll', '2024-03-03'],
    ['substack', '2024-03-02'],
  ])('%s: a text says in Markdown what it said', async (tool, day) => {
    const text = await read(`${tool}/new/posts/${day}-retry-budgets.md`)
    await expect(text).toMatchFileSnapshot(`${fixtures}/${tool}.retry-budgets.md`)
  })

  test('what cannot be read stops nothing, and is kept where nothing publishes it', async () => {
    expect(await read('jekyll/new/unconverted/_posts/2024-06-02-broken.md')).toContain('Nobody can read this')
    const again = await run(
      'init',
      '--from',
      'jekyll',
      'jekyll/old',
      'jekyll/again',
      '--no-git',
      '--report',
      'report.md',
    )
    expect(again.out).toBe('4 posts (1 draft), 1 page, 2 files, 1 redirect in jekyll/again\n')
    expect(again.err).toMatch(/^broken: _posts\/2024-06-02-broken\.md:3: This is not YAML/m)
    expect(await read('report.md')).toContain('- _recipes: a collection of its own')
  })
})

const fixtures = '../../convert/fixtures'

/** Front matter of each text of a site, by its path. */
async function frontMatterIn(dir: string): Promise<Record<string, {feedId?: string}>> {
  const paths = (await readdir(dir, {recursive: true}))
    .filter((path) => /^(?:posts|pages)\/.*\.md$/.test(path))
    .toSorted()
  const texts = paths.map(async (path) => {
    const [, front = ''] = (await readFile(join(dir, path), 'utf8')).split(/^---$/m)
    return [path, parse(front) as {feedId?: string}] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}
