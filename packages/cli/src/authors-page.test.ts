import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {formatAnswer} from '@broadside/revision'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {createSharedPool, runCli} from './test-cli.ts'
import {addSubscribers, createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'
import {isAsPrinted, readWalkthrough} from './test-walkthrough.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const now = Date.parse('2026-11-20T09:30:00Z')
let installed: TestInstallation

const shared = createSharedPool()

beforeAll(async () => {
  installed = await createInstallation()
  await installed.push(
    {
      'broadside.yaml': 'title: Notes\nnewsletter: {from: notes@notes.example}\n',
      'posts/2026-11-01-retry-budgets.md': post('Retry budgets', {text: '## When\n\nSoon.'}),
    },
    {asOf: now},
  )
  await addSubscribers(installed, ['active', 'active', 'pending'])
})
afterAll(async () => {
  await shared.close()
  await installed.close()
})

/** Carries out a command of the page as its reader would; git speaks through the answer to a push alone. */
async function carryOut([program = '', verb = '', ...rest]: string[]): Promise<string> {
  const {repo} = installed
  if (program === 'broadside') {
    const env = {...installed.env, XDG_CACHE_HOME: join(installed.home, 'cache')}
    // What goes on until it is ended is ended once it has said where it is.
    const end = new AbortController()
    const {out, err} = await runCli([verb, ...rest], {
      cwd: repo.dir,
      signal: end.signal,
      heard: (text) => {
        if (verb === 'dev' && text.includes('/~studio/')) end.abort()
      },
      clock: {now: () => now},
      createPool: shared.createPool,
      env,
    })
    return `${err}${out}`
  }
  if (verb === 'commit') await repo.commit(rest.at(-1))
  else if (verb === 'push')
    return `remote: ${formatAnswer(siteName, await installed.publishHead(now)).replaceAll('\n', '\nremote: ')}\n`
  else await repo.git(verb, ...rest)
  return ''
}

describe('docs/authors.md', () => {
  test('every command does what the page says', async () => {
    for (const step of readWalkthrough(read('docs/authors.md'))) {
      if ('write' in step) {
        await installed.repo.write({[step.write]: step.text})
        continue
      }
      const actual = await carryOut(step.command)
      if (!isAsPrinted(actual, step.printed)) expect(actual, step.line).toBe(step.printed)
    }
  }, 60_000)
})

describe('infra/ci', () => {
  test.each(['infra/ci/github.yml', 'infra/ci/gitlab.yml'])('%s gives broadside words that it knows', async (path) => {
    const text = read(path)
    expect(parse(text)).toBeTypeOf('object')
    const commands = [...text.matchAll(/\/broadside (plan|check) ([^>|\n]*)/g)]
    expect(commands.map(([, verb]) => verb).toSorted()).toEqual(['check', 'plan'])
    for (const [, verb = '', words = ''] of commands) {
      const argv = [
        verb,
        ...words
          .trim()
          .replace(/"\$\w+"/, 'HEAD~1')
          .split(' '),
      ]
      const {err, out} = await runCli(argv, {
        cwd: installed.repo.dir,
        clock: {now: () => now},
        createPool: shared.createPool,
        env: {XDG_CACHE_HOME: join(installed.home, 'cache')},
      })
      expect(err).not.toMatch(/unknown option|too many arguments|cannot/)
      if (verb === 'plan') expect(out).toMatch(/^### What publishing this would do\n/)
    }
  })
})
