import {execFile} from 'node:child_process'
import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {promisify} from 'node:util'
import {afterEach, describe, expect, test} from 'vitest'
import {renderFragment} from '../index.ts'
import {createRenderPool} from './index.ts'
import type {RenderPool, RenderPoolOptions} from './index.ts'

const pools: RenderPool[] = []
const open = (options: RenderPoolOptions) => {
  const pool = createRenderPool(options)
  pools.push(pool)
  return pool
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))

// Holds the reference parser for many seconds, and needs no memory.
const slow = {source: 'a]'.repeat(32_500), file: 'posts/slow.md', parser: 'remark' as const}
const good = (n: number) => ({source: `# Post ${n}\n\n[a](b.md)`, file: `posts/${n}.md`, bodyLine: n + 1})
const goods = (count: number) => Array.from({length: count}, (_, n) => good(n))
const rendered = ({source, ...options}: ReturnType<typeof good>) => {
  const fragment = renderFragment(source, options)
  return {ok: true, fragment, json: JSON.stringify(fragment)}
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('waited 10 s for a state that did not come')
    await pause(5)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('documents come back as they are rendered in this process, each its own', async () => {
  const pool = open({size: 2})
  const results = await Promise.all(goods(40).map((job) => pool.render(job)))
  expect(results).toEqual(goods(40).map(rendered))
  expect(pool.pids()).toHaveLength(2)
})

test('nothing is started before the first job, one process by warming, and no second for a few jobs', async () => {
  const pool = open({size: 2})
  expect(pool.pids()).toEqual([])
  await pool.warm()
  const pids = pool.pids()
  expect(pids).toHaveLength(1)
  await pool.warm()
  await Promise.all(goods(3).map((job) => pool.render(job)))
  expect(pool.pids()).toEqual(pids)
})

test('a process that has rendered its share ends, and another goes on', async () => {
  const pool = open({size: 1, documents: 15})
  await pool.warm()
  const [first] = pool.pids()
  const results = await Promise.all(goods(40).map((job) => pool.render(job)))
  expect(results).toEqual(goods(40).map(rendered))
  expect(pool.pids()).toHaveLength(1)
  expect(pool.pids()).not.toContain(first)
  expect(isAlive(first!)).toBe(false)
})

test('after a while without work one process is left, and many documents start the others again', async () => {
  const pool = open({size: 2, idleMs: 50})
  await Promise.all(goods(40).map((job) => pool.render(job)))
  await until(() => pool.pids().length === 1)
  const [left] = pool.pids()
  expect(await Promise.all(goods(40).map((job) => pool.render(job)))).toEqual(goods(40).map(rendered))
  expect(pool.pids()).toContain(left)
  await until(() => pool.pids().length === 1)
})

test('after many documents and a while without work a new process takes the place of the one that rendered them', async () => {
  const pool = open({size: 1, idleMs: 50, restAfter: 5})
  await pool.warm()
  const [first] = pool.pids()
  await Promise.all(goods(20).map((job) => pool.render(job)))
  await until(() => pool.pids().length === 1 && !pool.pids().includes(first!))
  expect(isAlive(first!)).toBe(false)
  const [left] = pool.pids()
  expect(await pool.render(good(1))).toEqual(rendered(good(1)))
  expect(pool.pids()).toEqual([left])
})

test('a document behind a slow one gets a process of its own', async () => {
  const pool = open({size: 2, budgetMs: 20_000})
  const verdict = pool.render(slow).catch((error: unknown) => error)
  expect(await pool.render(good(1))).toEqual(rendered(good(1)))
  expect(pool.pids()).toHaveLength(2)
  await pool.close()
  expect(await verdict).toMatchObject({code: 'markdown.pool-closed'})
})

describe('a document over its budget', () => {
  test('gets a diagnostic, its process a successor, and all others their results', async () => {
    const pool = open({size: 2, budgetMs: 1000})
    await pool.warm()
    const before = pool.pids()
    const [verdict, ...results] = await Promise.all([slow, ...goods(40)].map((job) => pool.render(job)))
    expect(verdict).toEqual({
      ok: false,
      diagnostic: {
        severity: 'error',
        code: 'markdown.over-budget',
        file: 'posts/slow.md',
        message: 'posts/slow.md took longer than 1000 ms to render and was stopped.',
        cure: expect.stringContaining('brackets'),
      },
    })
    expect(results).toEqual(goods(40).map(rendered))
    await until(() => !before.some(isAlive))
    await pool.warm()
    expect(pool.pids().length).toBeGreaterThan(0)
    expect(pool.pids().filter((pid) => before.includes(pid))).toEqual([])
  })

  test('holds up others no longer than its budget where there is one process only', async () => {
    const pool = open({size: 1, budgetMs: 1000})
    const [verdict, result] = await Promise.all([pool.render(slow), pool.render(good(1))])
    expect(verdict).toMatchObject({ok: false, diagnostic: {code: 'markdown.over-budget'}})
    expect(result).toEqual(rendered(good(1)))
  })

  test('is judged by its own time and not by how long this process was busy', async () => {
    const pool = open({size: 1, budgetMs: 300})
    await pool.warm()
    const result = pool.render(good(1))
    const end = Date.now() + 600
    while (Date.now() < end);
    expect(await result).toEqual(rendered(good(1)))
  })
})

describe('a process that dies', () => {
  test('by another hand costs no document its result', async () => {
    const pool = open({size: 1})
    await pool.warm()
    const results = Promise.all(goods(20).map((job) => pool.render(job)))
    const [pid] = pool.pids()
    process.kill(pid!, 'SIGKILL')
    expect(await results).toEqual(goods(20).map(rendered))
    expect(pool.pids()).not.toContain(pid)
  })

  test('while idle is replaced when there is work again', async () => {
    const pool = open({size: 1})
    await pool.warm()
    process.kill(pool.pids()[0]!, 'SIGKILL')
    await until(() => pool.pids().length === 0)
    expect(await pool.render(good(1))).toEqual(rendered(good(1)))
  })

  test('of one document twice convicts it, and it alone', async () => {
    const pool = open({size: 1, memoryMb: 32, budgetMs: 60_000})
    const greedy = {source: 'a *b* [c](d)\n\n'.repeat(100_000), file: 'posts/greedy.md'}
    // So many that some are in the pipe of the process each time it dies.
    const [verdict, ...results] = await Promise.all([greedy, ...goods(40)].map((job) => pool.render(job)))
    expect(verdict).toMatchObject({
      ok: false,
      diagnostic: {severity: 'error', code: 'markdown.crashed', file: 'posts/greedy.md', cure: expect.any(String)},
    })
    expect(results).toEqual(goods(40).map(rendered))
  })
})

test('a document that is too large is refused without starting anything', async () => {
  const pool = open({size: 1, maxBytes: 10})
  expect(await pool.render({source: 'ü'.repeat(6), file: 'posts/a.md'})).toMatchObject({
    ok: false,
    diagnostic: {code: 'markdown.too-large', message: 'posts/a.md has 12 bytes of Markdown; 10 are allowed.'},
  })
  expect(pool.pids()).toEqual([])
  expect(await pool.render({source: 'ü'.repeat(5), file: 'posts/a.md'})).toMatchObject({ok: true})
})

describe('inputs that hold other renderers for minutes end with a fragment or a diagnostic', () => {
  const bombs: Record<string, string> = {
    'closing brackets': 'a]'.repeat(32_500),
    'opening brackets': '['.repeat(50_000),
    'brackets in brackets': `${'['.repeat(20_000)}a${']'.repeat(20_000)}`,
    'images opened': '![['.repeat(20_000),
    emphasis: '*a **a '.repeat(10_000),
    'underscores around': `${'_'.repeat(30_000)}a${'_'.repeat(30_000)}`,
    quotes: '>'.repeat(30_000),
    lists: Array.from({length: 1000}, (_, n) => `${' '.repeat(n)}- a`).join('\n'),
    'HTML tags': '<div>'.repeat(20_000),
    comments: '<!--'.repeat(30_000),
    backticks: Array.from({length: 500}, (_, n) => `a${'`'.repeat(n)}`).join(''),
    entities: '&'.repeat(100_000),
    'wide tables': `${'|a'.repeat(5000)}\n${'|-'.repeat(5000)}`,
    definitions: Array.from({length: 5000}, (_, n) => `[${n}]: x\n\n[${n}]`).join('\n\n'),
    footnotes: `${'[^1] '.repeat(5000)}\n\n[^1]: x`,
    links: '[a](b) '.repeat(10_000),
    'one line of five megabytes': 'word '.repeat(999_999),
    'code of five megabytes': `\`\`\`ts\n${'const a = f(b)\n'.repeat(333_000)}\`\`\``,
    'zero bytes': '\0'.repeat(100_000),
  }

  test('each within its budget, the one after it unharmed', {timeout: 120_000}, async () => {
    const pool = open({size: 2, budgetMs: 5000})
    for (const [name, source] of Object.entries(bombs)) {
      const [verdict, result] = await Promise.all([pool.render({source, file: name}), pool.render(good(1))])
      const known = /^markdown\.(over-budget|too-deep|crashed)$/
      if (!verdict.ok) expect(verdict.diagnostic, name).toMatchObject({code: expect.stringMatching(known), file: name})
      expect(result, name).toEqual(rendered(good(1)))
    }
  })
})

describe('closing', () => {
  test('ends every process and rejects what is under way and what comes later', async () => {
    const pool = open({size: 2})
    await pool.warm()
    const pids = pool.pids()
    const jobs = [slow, slow, good(1)].map((job) =>
      expect(pool.render(job)).rejects.toMatchObject({code: 'markdown.pool-closed'}),
    )
    await pool.close()
    await Promise.all(jobs)
    expect(pids.filter(isAlive)).toEqual([])
    await expect(pool.render(good(1))).rejects.toMatchObject({code: 'markdown.pool-closed', kind: 'transient'})
    await pool.close()
  })

  test('is not needed for a process to end: an idle pool does not keep it', async () => {
    const program = `
      import {createRenderPool} from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const pool = createRenderPool({size: 2})
      await pool.warm()
      const jobs = Array.from({length: 40}, (_, n) => pool.render({source: 'Text', file: \`posts/\${n}.md\`}))
      const [result] = await Promise.all(jobs)
      console.log(JSON.stringify([result.ok, ...pool.pids()]))`
    const {stdout} = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    })
    const [ok, ...pids] = JSON.parse(stdout) as [boolean, ...number[]]
    expect(ok).toBe(true)
    expect(pids).toHaveLength(2)
    await until(() => !pids.some(isAlive))
  })

  test('leaves no process behind when its own is killed', async () => {
    const program = `
      import {createRenderPool} from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const pool = createRenderPool({size: 1})
      await pool.warm()
      console.log(pool.pids()[0])
      process.kill(process.pid, 'SIGKILL')`
    const dead = (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]).catch(
      (error: unknown) => error,
    )) as {stdout: string; signal: string}
    expect(dead.signal).toBe('SIGKILL')
    await until(() => !isAlive(Number(dead.stdout)))
  })
})

test.skipIf(process.platform !== 'linux')(
  'a process is told where compiled modules lie, leaves its own there, and knows nothing else of the environment',
  async ({onTestFinished}) => {
    const cache = await mkdtemp(join(tmpdir(), 'broadside-compiled-'))
    onTestFinished(() => rm(cache, {recursive: true}))
    const program = `
      import {readFile} from 'node:fs/promises'
      import {createRenderPool} from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const pool = createRenderPool({size: 1})
      await pool.warm()
      await pool.render({source: 'Text', file: 'posts/a.md'})
      console.log(await readFile('/proc/' + pool.pids()[0] + '/environ', 'utf8'))
      process.kill(process.pid, 'SIGKILL')`
    const ended = (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: {NODE_COMPILE_CACHE: cache, SECRET: 'of no child'},
    }).catch((error: unknown) => error)) as {stdout: string; signal: string}
    expect(ended.signal).toBe('SIGKILL')
    const names = ended.stdout.split('\0').flatMap((line) => line.trim().split('=')[0] || [])
    expect(names.sort()).toEqual(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_COMPILE_CACHE'])
    expect(ended.stdout).toContain(`NODE_COMPILE_CACHE=${cache}\0`)
    // The parent was killed before it could write anything.
    const [version] = await readdir(cache)
    expect((await readdir(join(cache, version!))).length).toBeGreaterThan(100)
  },
)

test('where no process can be started, jobs and warming are told so', async () => {
  const pool = open({size: 1, memoryMb: 1})
  await expect(pool.render(good(1))).rejects.toMatchObject({code: 'markdown.pool-broken', kind: 'transient'})
  await expect(pool.warm()).rejects.toMatchObject({code: 'markdown.pool-broken'})
})
