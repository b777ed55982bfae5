import {mkdtemp, mkdir, rm, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createRepo, type GitRepo} from '@broadside/testkit'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createSharedPool, runCli} from './test-cli.ts'
import {post} from './test-installation.ts'

let root: string
let repo: GitRepo
let server: Server
const now = Date.parse('2026-11-20T12:00:00Z')

const shared = createSharedPool()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside-check-'))
  repo = await createRepo(root)
  const gone = new Set(['/gone', '/no-head-gone'])
  server = createServer(({url = '', method}, response) => {
    response.statusCode = url.startsWith('/no-head') && method === 'HEAD' ? 405 : gone.has(url) ? 404 : 200
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await repo.write({
    'broadside.yaml': 'title: Notes\ntimezone: Europe/Lisbon\nnewsletter: {from: notes@notes.example}\nfooter: no\n',
    'posts/when-nats.md': post('When NATS', {text: '# Part\n\n## Setup\n\n#### Deep\n\nTK people.'}),
    'posts/links.md': post('Links', {
      text: [
        '[a](whn-nats.md) [b](when-nats.md#setpu) [c](secret.md) [d](when-nats.md#setup)',
        '![](gone.png) <script>1</script>',
        `[e](${address()}/gone) [f](${address()}/here) [g](${address()}/no-head) [h](${address()}/no-head-gone)`,
      ].join('\n\n'),
      more: 'tgas: [a]\n',
    }),
    'posts/twice.md': post('Twice', {more: 'slug: when-nats\nid: one\nguid: tag:a\n', date: '2026-11-02'}),
    'posts/same-id.md': post('Same', {more: 'id: one\nfeedId: tag:a\n', date: '2026-11-03'}),
    'posts/long.md': post('Long', {date: '2026-11-19', text: 'A **word** and `more`.\n\n'.repeat(1_500)}),
    'pages/about.md': '---\ntitle: About\n---\n\nFine.\n',
    'assets/Logo.svg': '<svg/>',
    'assets/logo.svg': '<svg/>',
    'posts/ignored.md': post('Ignored', {text: '[gone](gone.md)'}),
    '.gitignore': 'posts/ignored.md\n',
  })
  await repo.commit()
  // What is not committed counts as well.
  await repo.write({'posts/secret.md': post('Secret', {more: 'draft: true\n', date: '31/12/2026'})})
})

afterAll(async () => {
  server.close()
  await shared.close()
  await rm(root, {recursive: true, force: true})
})

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const check = (...argv: string[]) =>
  runCli(['check', ...argv], {
    cwd: repo.dir,
    clock: {now: () => now},
    createPool: shared.createPool,
    env: {XDG_CACHE_HOME: join(root, 'cache')},
  })

describe('broadside check', () => {
  test('tells every mistake of a working tree with its place, and remembers what it has seen', async () => {
    const first = await check('--json')
    const {errors, warnings, diagnostics} = JSON.parse(first.out) as {
      errors: number
      warnings: number
      diagnostics: {code: string; file: string; line?: number; column?: number; cure?: string}[]
    }
    const told = diagnostics.map(({code, file, line, column}) => [file, line, column, code].filter(Boolean).join(' '))
    expect(told).toEqual([
      'assets/logo.svg file.case',
      'broadside.yaml 4 1 settings.unknown-key',
      'posts/links.md 4 1 front-matter.unknown-key',
      'posts/links.md 7 1 link.broken',
      'posts/links.md 7 18 link.anchor',
      'posts/links.md 7 42 link.broken',
      'posts/links.md 9 1 image.no-alt',
      'posts/links.md 9 1 link.broken',
      'posts/links.md 9 15 markdown.unsafe-html',
      'posts/long.md mail.cut',
      'posts/same-id.md post.duplicate-feed-id',
      'posts/secret.md 3 7 front-matter.date',
      'posts/twice.md post.address-taken',
      'posts/twice.md post.duplicate-id',
      'posts/when-nats.md 6 1 heading.order',
      'posts/when-nats.md 10 1 heading.order',
      'posts/when-nats.md 12 1 text.placeholder',
    ])
    expect({code: first.code, errors, warnings}).toEqual({code: 2, errors: 4, warnings: 13})
    expect(diagnostics.find(({line}) => line === 7)?.cure).toBe('Did you mean "when-nats.md"?')
    expect(await check('--json')).toEqual(first)
    expect((await check('--json', '--no-cache')).out).toBe(first.out)
  })

  test('shows people the line, and of the part they ask for alone', async () => {
    const {out, code} = await check('posts/secret.md')
    expect(code).toBe(2)
    expect(out).toContain('posts/secret.md:3:7 error: ')
    expect(out).toContain(' (front-matter.date)\n    2 | title: "Secret"\n  > 3 | date: 31/12/2026\n      |       ^\n')
    expect(out).toMatch(/\n1 error, 0 warnings in \d+ files\n$/)
    const page = await check('pages')
    expect(page).toEqual({code: 0, out: 'nothing to put right in 7 files\n', err: ''})
  })

  test('warnings alone end with 0, and with 2 where they are not wanted', async () => {
    expect((await check('posts/when-nats.md')).code).toBe(0)
    expect((await check('posts/when-nats.md', '--strict')).code).toBe(2)
  })

  test('speaks SARIF 2.1.0', async () => {
    const {out} = await check('--sarif')
    const {version, runs} = JSON.parse(out) as {version: string; runs: {results: object[]}[]}
    expect(version).toBe('2.1.0')
    expect(runs[0]?.results).toContainEqual({
      ruleId: 'front-matter.date',
      ruleIndex: 1,
      level: 'error',
      message: {text: expect.any(String) as string},
      locations: [
        {
          physicalLocation: {
            artifactLocation: {uri: 'posts/secret.md', uriBaseId: '%SRCROOT%'},
            region: {startLine: 3, startColumn: 7},
          },
        },
      ],
    })
  })

  test('speaks to GitHub, and no text of a post can', async () => {
    const {out} = await check('--github')
    expect(out).toContain('::error file=posts/secret.md,line=3,col=7,title=front-matter.date::')
    expect(out.split('\n').every((line) => line === '' || /^::(?:error|warning) /.test(line))).toBe(true)
  })

  test('asks where links out of the site lead', async () => {
    const {out} = await check('posts/links.md', '--external', '--json')
    const {diagnostics} = JSON.parse(out) as {diagnostics: {code: string; message: string}[]}
    const outer = diagnostics.filter(({code}) => code === 'link.external').map(({message}) => message)
    expect(outer).toEqual([
      `${address()}/gone answers 404: it is gone.`,
      `${address()}/no-head-gone answers 404: it is gone.`,
    ])
  })

  test('a link to a draft is told, and one between drafts is not', async () => {
    const dir = join(root, 'plain')
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(dir, path)), {recursive: true})
      await writeFile(join(dir, path), text)
    }
    await write('posts/draft.md', post('Draft', {more: 'draft: true\n', text: '[l](later.md)'}))
    await write('posts/later.md', post('Later', {date: '2026-12-01', text: '[d](draft.md) [n](now.md)'}))
    await write('posts/now.md', post('Now', {text: '[l](later.md)'}))
    const {out, code} = await runCli(['check', dir, '--json'], {
      clock: {now: () => now},
      createPool: shared.createPool,
      env: {XDG_CACHE_HOME: join(root, 'cache')},
    })
    const {diagnostics} = JSON.parse(out) as {diagnostics: {code: string; file: string; message: string}[]}
    expect(code).toBe(0)
    expect(diagnostics.map(({file, code: what, message}) => `${file} ${what} ${message}`)).toEqual([
      expect.stringMatching(/^posts\/later.md link.not-live "draft.md" leads to posts\/draft.md, which is a draft/),
      expect.stringMatching(/^posts\/now.md link.not-live .*becomes live at 2026-12-01/),
    ])
  })

  test('a link to an address that a post had before it was renamed leads somewhere', async () => {
    await repo.write({'posts/old-name.md': post('Renamed', {date: '2026-11-05'})})
    await repo.commit()
    await repo.git('mv', 'posts/old-name.md', 'posts/between.md')
    await repo.commit()
    await repo.git('mv', 'posts/between.md', 'posts/new-name.md')
    await repo.write({
      'pages/about.md': post('About', {text: '[a](/posts/old-name/) [b](/posts/between/) [c](/posts/gone/)'}),
    })
    const {diagnostics} = JSON.parse((await check('pages', '--json')).out) as {diagnostics: {message: string}[]}
    expect(diagnostics.map(({message}) => message)).toEqual([expect.stringContaining('"/posts/gone/"')])
  })

  test('says what is wrong with a path that is not there', async () => {
    const {code, err} = await check('nowhere')
    expect(code).toBe(2)
    expect(err).toContain('there is nothing at')
  })
})
