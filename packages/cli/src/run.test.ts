import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Command} from 'commander'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createCli} from './cli.ts'
import {createProgram} from './create-program.ts'
import * as names from './index.ts'
import {runCli} from './test-cli.ts'
import {post} from './test-installation.ts'

test('the package hands out these names', () => {
  expect(Object.keys(names)).toEqual(['run'])
})

function verbsOf(command: Command, path: string[] = []): string[][] {
  return command.commands.flatMap((verb) => [[...path, verb.name()], ...verbsOf(verb, [...path, verb.name()])])
}
const {stdout, stderr} = process
const verbs = verbsOf(createProgram(createCli({stdout, stderr, env: {}, cwd: '/'})))

test('there are these verbs', () => {
  expect(verbs.map((verb) => verb.join(' '))).toEqual([
    'init',
    'new',
    'list',
    'check',
    'dev',
    'plan',
    'build',
    'render',
    'publish',
    'approve',
    'status',
    'releases',
    'diff',
    'receipt',
    'receipt verify',
    'verify',
    'reconcile',
    'gc',
    'rollback',
    'unpin',
    'subscribers',
    'subscribers add',
    'subscribers list',
    'subscribers import',
    'subscribers export',
    'subscribers remove',
    'subscribers why',
    'newsletter',
    'newsletter list',
    'newsletter status',
    'newsletter approve',
    'newsletter cancel',
    'newsletter pause',
    'newsletter resume',
    'newsletter stats',
    'newsletter preview',
    'newsletter test',
    'newsletter send',
    'newsletter retry',
    'newsletter resolve',
    'dkim',
    'dkim new',
    'doctor',
    'site',
    'site add',
    'site list',
    'site show',
    'site set',
    'site previews',
    'site pause',
    'site resume',
    'site remove',
    'dead',
    'dead list',
    'dead show',
    'dead replay',
    'backup',
    'restore',
    'arm',
  ])
})

test.each(verbs.map((verb) => [verb.join(' '), verb] as const))(
  '%s explains itself with an example',
  async (name, verb) => {
    const {code, out, err} = await runCli([...verb, '--help'])
    expect({code, err}).toEqual({code: 0, err: ''})
    expect(out).toMatch(new RegExp(`^Usage: broadside ${name}`))
    expect(out).toMatch(/Examples?:\n {2}broadside /)
  },
)

test.each([['--nonsense'], ['nonsense'], ['status', 'a', 'b', 'c'], ['render', 'x.md', '--as', 'pdf'], []])(
  'words that it does not know end with 2 and the way to help: %j',
  async (...argv) => {
    const {code, err} = await runCli(argv)
    expect(code).toBe(2)
    expect(err).toContain('--help')
  },
)

test.each([['status'], ['publish'], ['dead', 'list'], ['newsletter', 'list'], ['subscribers', 'list']])(
  '%j without an installation says where it looked and what helps',
  async (...argv) => {
    const {code, out, err} = await runCli(argv, {env: {BROADSIDE_HOME: '/nowhere/at/all'}})
    expect({code, out}).toEqual({code: 2, out: ''})
    expect(err).toBe(
      'broadside: there is no ledger in /nowhere/at/all. Start Broadside once (npm start), or say where it is with BROADSIDE_HOME or DATABASE_URL\n',
    )
  },
)

describe('render', () => {
  let cwd: string
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'broadside-render-'))
  })
  afterEach(() => rm(cwd, {recursive: true, force: true}))
  const render = async (text: string, ...flags: string[]) => {
    await writeFile(join(cwd, 'nats.md'), text)
    return runCli(['render', 'nats.md', ...flags], {cwd})
  }

  test('prints the HTML of the text, links as they are written', async () => {
    const {code, out, err} = await render(post('NATS', {text: 'See *the* [other](kafka.md) & more.'}))
    expect({code, err}).toEqual({code: 0, err: ''})
    expect(out).toBe('<p>See <em>the</em> <a href="kafka.md">other</a> &#x26; more.</p>\n')
  })

  test('leaves out for feeds and mails what only a page can use', async () => {
    const text = post('NATS', {text: '## A heading\n\nText.'})
    const web = (await render(text)).out
    const mail = (await render(text, '--as', 'mail')).out
    expect(mail).toContain('A heading')
    expect(mail).toBe((await render(text, '--as', 'feed')).out)
    expect(web).toContain('A heading')
  })

  test('tells what is wrong on stderr, with its place, and ends with 2 where there is nothing to print', async () => {
    const warned = await render('---\ndate: 2026-11-01\n---\n\nText.\n')
    expect(warned).toMatchObject({code: 0, out: '<p>Text.</p>\n'})
    expect(warned.err).toMatch(/^nats\.md:1 warning: .*"Nats" is used\. → /)
    const broken = await render('---\ntitle: "open\n---\n\nText.\n')
    expect(broken).toMatchObject({code: 2, out: ''})
    expect(broken.err).toMatch(/^nats\.md:\d+:\d+ error: /)
  })

  test("takes the settings of the site that the file lies in, from any folder of it, and the post's own language", async () => {
    await mkdir(join(cwd, 'posts'))
    await writeFile(join(cwd, 'broadside.yaml'), 'language: de\nmarkdown: {smartPunctuation: true}\n')
    await writeFile(join(cwd, 'posts', 'a.md'), post('A', {text: 'So "heißt" es.'}))
    const inside = await runCli(['render', 'a.md'], {cwd: join(cwd, 'posts')})
    expect(inside).toMatchObject({code: 0, out: '<p>So „heißt“ es.</p>\n', err: ''})
    await writeFile(
      join(cwd, 'posts', 'a.md'),
      post('A', {text: 'So "heißt" es.'}).replace('title:', 'lang: fr-CH\ntitle:'),
    )
    expect((await runCli(['render', 'posts/a.md'], {cwd})).out).toBe('<p>So «heißt» es.</p>\n')
    await writeFile(join(cwd, 'broadside.yaml'), 'title: [\n')
    const broken = await runCli(['render', 'posts/a.md'], {cwd})
    expect(broken).toMatchObject({code: 0, out: '<p>So "heißt" es.</p>\n'})
    expect(broken.err).toMatch(/^broadside\.yaml:\d+:\d+ error: /)
  })

  test('prints everything as JSON', async () => {
    const {out} = await render(post('NATS'), '--json')
    expect(JSON.parse(out)).toMatchObject({
      file: 'nats.md',
      meta: {title: 'NATS', slug: 'nats'},
      html: '<p>About NATS.</p>',
      diagnostics: [],
    })
  })

  test('says which file it cannot read', async () => {
    const {code, err} = await runCli(['render', 'none.md'], {cwd})
    expect(code).toBe(2)
    expect(err).toContain(`cannot read ${join(cwd, 'none.md')}`)
  })
})
