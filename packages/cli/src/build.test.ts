import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {sha256} from '@broadside/revision'
import {createRepo, type GitRepo} from '@broadside/testkit'
import {afterAll, afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createSharedPool, runCli as runOnce} from './test-cli.ts'
import {createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'

let root: string
const shared = createSharedPool()
afterAll(shared.close)
const runCli: typeof runOnce = (argv, given) => runOnce(argv, {createPool: shared.createPool, ...given})

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside-build-test-'))
})
afterEach(() => rm(root, {recursive: true, force: true}))

/** Every file below a folder with the hash of its bytes; the marker is the build's own business. */
async function hashes(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true})
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.broadside-build')
  const found = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(dir.length + 1), sha256(await readFile(path))] as const
  })
  return new Map((await Promise.all(found)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const sorted = (files: Map<string, string>) => new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe('of a repository', () => {
  let repo: GitRepo
  const build = (...flags: string[]) =>
    runCli(['build', repo.dir, '--out', join(root, 'out'), '--url', 'https://notes.example/blog', ...flags])
  beforeEach(async () => {
    repo = await createRepo(join(root, 'a site'))
    await repo.write({
      'broadside.yaml': 'title: Notes\n',
      'posts/nats/index.md': post('When NATS', {text: 'See ![a dot](dot.png) and [the other](../kafka.md).'}),
      'posts/nats/dot.png': png,
      'posts/kafka.md': post('When Kafka', {date: '2026-10-01'}),
      'pages/about.md': '---\ntitle: About\n---\n\nUs.\n',
    })
    await repo.commit()
  })

  test('writes pages, lists, feeds and images, and says so in one line', async () => {
    const {code, out, err} = await build()
    expect({code, err}).toEqual({code: 0, err: ''})
    expect(out).toMatch(/^\d+ files of work in .*out \(\d+\.\d s\)\n$/)
    const files = await hashes(join(root, 'out'))
    for (const key of [
      'index.html',
      'posts/nats/index.html',
      'about/index.html',
      'feed.xml',
      'sitemap.xml',
      '404.html',
    ]) {
      expect(files.has(key), key).toBe(true)
    }
    expect([...files].find(([key]) => key.startsWith('media/') && key.endsWith('/dot.png'))?.[1]).toBe(sha256(png))
    const page = await readFile(join(root, 'out/posts/nats/index.html'), 'utf8')
    expect(page).toContain('href="/blog/posts/kafka/"')
    expect(page).toContain('https://notes.example/blog/posts/nats/')
  })

  test('gives the same bytes every time, and touches no file that is the same', async () => {
    await build()
    const before = await hashes(join(root, 'out'))
    const {mtimeMs} = await stat(join(root, 'out/index.html'))
    expect((await build()).code).toBe(0)
    expect(await hashes(join(root, 'out'))).toEqual(before)
    expect((await stat(join(root, 'out/index.html'))).mtimeMs).toBe(mtimeMs)
  })

  test('removes what an earlier build wrote and nothing else', async () => {
    await build()
    await writeFile(join(root, 'out/CNAME'), 'notes.example')
    await repo.remove('posts/kafka.md')
    await repo.commit()
    const {out} = await build()
    expect(out).toContain(' removed')
    const files = await hashes(join(root, 'out'))
    expect(files.has('posts/kafka/index.md')).toBe(false)
    expect(await readFile(join(root, 'out/posts/kafka/index.html'), 'utf8')).toContain('taken down')
    expect(files.has('CNAME')).toBe(true)
  })

  test('does not write into a folder with files of others, unless forced, and never removes them', async () => {
    await mkdir(join(root, 'out'))
    await writeFile(join(root, 'out/index.html'), 'mine')
    await writeFile(join(root, 'out/other.txt'), 'mine too')
    const refused = await build()
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('holds files that no build of Broadside wrote')
    expect(await readFile(join(root, 'out/index.html'), 'utf8')).toBe('mine')
    expect((await build('--force')).code).toBe(0)
    expect((await build()).code).toBe(0)
    expect(await readFile(join(root, 'out/other.txt'), 'utf8')).toBe('mine too')
  })

  test('builds any revision, and posts as they stand at any moment', async () => {
    const first = await repo.git('rev-parse', 'HEAD')
    await repo.git('tag', 'v1')
    await repo.write({'posts/later.md': post('Later', {date: '2026-12-24'})})
    await repo.commit()
    const pages = async () => [...(await hashes(join(root, 'out'))).keys()].filter((key) => key.startsWith('posts/'))
    await build('--as-of', '2026-12-25T00:00:00Z')
    expect(await pages()).toContain('posts/later/index.html')
    const {err} = await build('--as-of', '2026-12-23T00:00:00Z')
    expect(err).toContain('posts/later.md: scheduled for 2026-12-24T00:00:00.000Z')
    expect(await pages()).not.toContain('posts/later/index.html')
    for (const rev of ['v1', first, first.slice(0, 9), 'HEAD~1']) {
      expect((await build('--rev', rev, '--as-of', '2026-12-25')).code).toBe(0)
      expect(await pages()).not.toContain('posts/later/index.html')
    }
  })

  test('tells of a broken post with its place and cure, writes all others, and exits with 2 unless lenient', async () => {
    await repo.write({'posts/broken.md': '---\ntitle: "open\n---\n\nText.\n'})
    await repo.commit()
    const {code, out, err} = await build()
    expect(code).toBe(2)
    expect(err).toMatch(/^posts\/broken\.md:\d+:\d+ error: .+ → .+$/m)
    expect(out).toContain('1 error')
    expect((await hashes(join(root, 'out'))).has('posts/nats/index.html')).toBe(true)
    expect((await build('--lenient')).code).toBe(0)
  })

  test('says as JSON what it did', async () => {
    await repo.write({'posts/broken.md': '---\ntitle: "open\n---\n\nText.\n'})
    const commit = await repo.commit()
    const {out} = await build('--json')
    expect(JSON.parse(out)).toMatchObject({
      site: 'work',
      commit,
      summary: {counts: {published: 2, broken: 1}},
      diagnostics: [{severity: 'error', file: 'posts/broken.md', cure: expect.any(String)}],
    })
  })

  test('leaves the repository as it was', async () => {
    const before = await repo.git('status', '--porcelain', '--ignored')
    const refs = await repo.git('for-each-ref')
    const objects = await repo.git('count-objects', '-v')
    await build()
    expect(await repo.git('status', '--porcelain', '--ignored')).toBe(before)
    expect(await repo.git('for-each-ref')).toBe(refs)
    expect(await repo.git('count-objects', '-v')).toBe(objects)
  })

  test('takes a shallow clone, and says what that means', async () => {
    await repo.write({'posts/new.md': post('New')})
    await repo.commit()
    await repo.git('clone', '--quiet', '--depth', '1', `file://${repo.dir}`, join(root, 'shallow'))
    const {code, err} = await runCli([
      'build',
      join(root, 'shallow'),
      '--out',
      join(root, 'out'),
      '--url',
      'https://x.example/',
    ])
    expect(err).toContain('the clone is shallow')
    expect(code).toBe(0)
    expect((await hashes(join(root, 'out'))).has('posts/nats/index.html')).toBe(true)
  })
})

test('a plain folder is built as its files are, whatever repository it lies in', async () => {
  const repo = await createRepo(join(root, 'outer'))
  await repo.write({'notes/posts/a.md': post('First')})
  await repo.commit()
  await repo.write({'notes/posts/b.md': post('Not committed')})
  const {code, err} = await runCli(['build', 'notes', '--out', 'out', '--url', 'https://x.example/'], {cwd: repo.dir})
  expect(code).toBe(0)
  expect(err).toContain('is no repository of its own')
  expect((await hashes(join(repo.dir, 'out'))).has('posts/not-committed/index.html')).toBe(false)
  expect((await hashes(join(repo.dir, 'out'))).has('posts/b/index.html')).toBe(true)
})

test('a remote repository is fetched: its main branch, another one, or a commit', async () => {
  const repo = await createRepo(join(root, 'r'))
  await repo.write({'posts/a.md': post('A')})
  const first = await repo.commit()
  await repo.write({'posts/b.md': post('B')})
  await repo.commit()
  await repo.push()
  await repo.write({'posts/c.md': post('C')})
  await repo.commit()
  await repo.push({branch: 'next'})
  const build = (...flags: string[]) =>
    runCli(['build', `file://${repo.remote}`, '--out', join(root, 'out'), '--url', 'https://x.example/', ...flags])
  const posts = async () => readdir(join(root, 'out/posts'))
  expect(await build()).toMatchObject({code: 0})
  expect(await posts()).toEqual(['a', 'b'])
  expect(await build('--rev', 'next')).toMatchObject({code: 0})
  expect(await posts()).toEqual(['a', 'b', 'c'])
  expect(await build('--rev', first)).toMatchObject({code: 0})
  expect(await posts()).toEqual(['a'])
  expect(await build('--rev', 'none')).toMatchObject({code: 2, err: expect.stringContaining('no such branch')})
})

describe('refuses, with what to do,', () => {
  test.each([
    ['a repository that is not there', ['build', 'none', '--out', 'out'], 'there is nothing at'],
    ['a URL that is none', ['build', '.', '--out', 'out', '--url', 'notes'], 'no URL of a site'],
    ['a moment that is none', ['build', '.', '--out', 'out', '--as-of', 'soon'], 'no moment'],
    ['an option it does not know', ['build', '.', '--out', 'out', '--quick'], "unknown option '--quick'"],
    ['a missing folder', ['build', '.'], "required option '--out <dir>' not specified"],
  ])('%s', async (_what, argv, message) => {
    await writeFile(join(root, 'x.txt'), '')
    const {code, err} = await runCli(argv, {cwd: root})
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('a revision that is not there', async () => {
    const repo = await createRepo(join(root, 'r'))
    await repo.write({'posts/a.md': post('A')})
    await repo.commit()
    const {code, err} = await runCli(['build', repo.dir, '--out', join(root, 'out'), '--rev', 'v9'])
    expect({code, err}).toMatchObject({code: 2, err: expect.stringContaining('has no such revision')})
  })
})

describe('like an installed site', () => {
  let installed: TestInstallation
  beforeEach(async () => {
    installed = await createInstallation()
  })
  afterEach(() => installed.close())
  const build = async (...flags: string[]) => {
    const out = join(root, 'out')
    const told = await runCli(['build', installed.repo.dir, '--out', out, '--like', siteName, ...flags], {
      env: installed.env,
    })
    return {...told, files: await hashes(out).catch(() => new Map<string, string>())}
  }

  test('gives what the pipeline has published, to the byte, after a history that the tree does not tell', async () => {
    await installed.push({
      'broadside.yaml': 'title: Notes\nnewsletter: {}\nnavigation:\n  - {label: About, url: /about/}\n',
      'posts/one.md': post('One', {more: 'tags: [a, b]\n'}),
      'posts/two.md': '---\ntitle: Two\n---\n\nWithout a date, see [one](one.md).\n',
      'posts/pic/index.md': post('Picture', {text: '![dot](dot.png)'}),
      'posts/pic/dot.png': png,
      'pages/about.md': '---\ntitle: About\n---\n\nUs.\n',
    })
    // Renamed, so that it keeps its id and its old address leads to it.
    await installed.push({}, {move: ['posts/one.md', 'posts/uno.md']})
    // Changed, so that it says when.
    await installed.push({'posts/two.md': '---\ntitle: Two\n---\n\nAnother text, see [uno](uno.md).\n'})
    // A new post at the old path is another post.
    await installed.push({'posts/one.md': post('One again', {date: '2026-11-05'})})
    // Broken, so that its last good version stays, and so does that of the page and the settings.
    await installed.push({
      'posts/pic/index.md': '---\ntitle: "open\n---\n\nText.\n',
      'pages/about.md': '---\ntitle: [\n---\n\nText.\n',
      'broadside.yaml': 'title: [\n',
    })
    // A second post that wants an address that is taken stays away.
    await installed.push({'posts/other.md': post('Other', {more: 'slug: uno\n'}), 'redirects.yaml': '/old/: /about/\n'})

    const {files, code} = await build()
    expect(files).toEqual(sorted(installed.live))
    expect(code).toBe(2)
    expect(await readFile(join(root, 'out/posts/pic/index.html'), 'utf8')).toContain('Picture')
    expect(await readFile(join(root, 'out/posts/one/index.html'), 'utf8')).toContain('One again')
  })

  test('knows each post after history was rewritten', async () => {
    await installed.push({'posts/one.md': post('One'), 'posts/two.md': post('Two')})
    await installed.push({}, {move: ['posts/one.md', 'posts/uno.md']})
    await installed.repo.git('checkout', '--quiet', '--orphan', 'fresh')
    await installed.push({'posts/three.md': post('Three')})
    expect((await build()).files).toEqual(sorted(installed.live))
  })

  test('takes the moment of the newest revision, so that a post that is due since then is not live yet', async () => {
    await installed.push({
      'posts/one.md': post('One'),
      'posts/soon.md': post('Soon', {date: '2026-11-21T00:00:00Z'}),
    })
    expect((await build()).files).toEqual(sorted(installed.live))
    expect((await build('--as-of', '2026-11-22')).files.has('posts/soon/index.html')).toBe(true)
  })

  test('builds a commit that is not published yet as its next revision, and says so', async () => {
    await installed.push({'posts/one.md': post('One')})
    await installed.repo.move('posts/one.md', 'posts/uno.md')
    await installed.repo.commit()
    const {err, files} = await build()
    expect(err).toContain('is not what notes has published (revision 1 is ')
    expect(files.has('posts/uno/index.html')).toBe(true)
  })

  test('changes nothing in the installed ledger', async () => {
    await installed.push({'posts/one.md': post('One')})
    const rows = async () => ({
      revisions: await installed.ledger.db.selectFrom('revisions').selectAll().execute(),
      versions: await installed.ledger.db.selectFrom('post_versions').selectAll().execute(),
      outbox: await installed.ledger.db.selectFrom('outbox').selectAll().execute(),
    })
    const before = await rows()
    await build()
    expect(await rows()).toEqual(before)
  })

  test('needs the site to be there and to have been published', async () => {
    await installed.repo.write({'posts/one.md': post('One')})
    await installed.repo.commit()
    expect(await build()).toMatchObject({code: 2, err: expect.stringContaining('notes has no revision yet')})
    const out = join(root, 'out')
    const told = await runCli(['build', installed.repo.dir, '--out', out, '--like', 'none'], {env: installed.env})
    expect(told).toMatchObject({code: 2, err: expect.stringContaining('there is no site "none"')})
  })
})
