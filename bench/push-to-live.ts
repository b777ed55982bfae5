/**
 * How long a push takes to reach readers, on sites of several sizes: from the ref's update in the remote, and from the
 * start of `git push`, to the first answer with the new page, the feed that holds it, and the last mail.
 *
 *     sh tools/run node bench/push-to-live.ts [--sizes 100,1000,10000] [--runs 30] [--posts FOLDER]
 */
import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {openLedger, openRequest, requestOutcome} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {writeHook} from '../services/standalone/src/local-remote.ts'
import type {RunFile} from '../services/standalone/src/home.ts'
import {makeBody, makePost, makeSite} from './make-site.ts'

const pollMs = 2
const readers = 5
const root = join(import.meta.dirname, '..')

const {values} = parseArgs({
  options: {sizes: {type: 'string'}, runs: {type: 'string'}, posts: {type: 'string'}},
})
const sizes = (values.sizes ?? '100,1000,10000').split(',').map(Number)
const runs = Number(values.runs ?? '30')

type Times = {page: number; feed: number; mail: number; pushToPage: number; push: number}

const rows: string[][] = []
for (const size of sizes) rows.push(await measure(size))
const head = [
  'posts',
  'page p50',
  'p95',
  'feed p50',
  'p95',
  'last mail p50',
  'p95',
  'from push start: page p50',
  'p95',
  'git push p50',
  'first import',
  'memory',
]
console.log(
  `\n${runs} pushes of one new post each, ${readers} readers, polled every ${pollMs} ms; times in ms from the ref's update.\n`,
)
console.log(`| ${head.join(' | ')} |\n|${head.map(() => ' ---: ').join('|')}|`)
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
process.exit(0)

async function measure(size: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'broadside-bench-'))
  const home = join(folder, 'home')
  const remote = join(folder, 'bench.git')
  const work = join(folder, 'work')
  mkdirSync(home)
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote)
  git(folder, 'clone', '--quiet', remote, work)
  git(work, 'checkout', '--quiet', '-B', 'main')
  for (const [path, text] of makeSite(size, values.posts)) write(work, path, text)
  commitAll(work, 'the site')
  git(work, 'push', '--quiet', 'origin', 'main')
  writeHook(home, remote, 'bench')

  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(root, 'services/standalone/src/main.ts'), '--site', remote], {
    env: {...process.env, BROADSIDE_HOME: home},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const run = await until(
      'run.json',
      () => existsSync(join(home, 'run.json')) && (JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as RunFile),
    )
    await until('the first import is live', () => answers(`${run.siteUrl}posts/post-${size - 1}/`, ''), {
      withinMs: 900_000,
    })
    await until('and announced', async () => answers(run.siteUrl, `Post ${size - 1}`), {withinMs: 900_000})
    const importMs = performance.now() - startedAt
    await untilQuiet(run)
    await addReaders(run)
    const times: Times[] = []
    for (let n = 0; n < runs; n += 1) times.push(await onePush(run, work, remote, n))
    const memory = memoryOf(child)
    console.error(`${size} posts: done`)
    return toRow(size, times, importMs, memory)
  } finally {
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
    rmSync(folder, {recursive: true, force: true})
  }
}

async function onePush(run: RunFile, work: string, remote: string, n: number): Promise<Times> {
  const title = `Pushed ${n} at ${Date.now()}`
  write(work, `posts/pushed-${n}.md`, makePost(title, new Date().toISOString(), ['news'], makeBody(n)))
  commitAll(work, title)
  const pushStart = Date.now()
  const push = spawn('git', ['push', '--quiet', 'origin', 'main'], {cwd: work, stdio: 'ignore', env: quietGit()})
  const pushed = new Promise<number>((resolve) => push.once('exit', () => resolve(Date.now())))
  const page = await firstAnswer(`${run.siteUrl}posts/pushed-${n}/`, title)
  const feed = await firstAnswer(`${run.siteUrl}feed.xml`, title)
  const mail = await until(
    'the last mail',
    async () => {
      const answer = await fetch(new URL('api/messages', run.mailUrl))
      const mails = (await answer.json()) as {subject: string}[]
      return mails.filter(({subject}) => subject === title).length === readers && Date.now()
    },
    {withinMs: 60_000},
  )
  const pushEnd = await pushed
  const ref = statSync(join(remote, 'refs/heads/main')).mtimeMs
  await untilQuiet(run)
  return {page: page - ref, feed: feed - ref, mail: mail - ref, pushToPage: page - pushStart, push: pushEnd - pushStart}
}

/** The next push starts from rest: the release's removals and the edition's last row are done. */
async function untilQuiet(run: RunFile): Promise<void> {
  const ledger = await openLedger(run.ledgerUrl)
  await until('rest', async () => {
    const release = await ledger.db
      .selectFrom('releases')
      .select('number')
      .where('state', 'not in', ['done', 'superseded'])
      .executeTakeFirst()
    const edition = await ledger.db
      .selectFrom('editions')
      .select('id')
      .where('state', 'in', ['freezing', 'sending'])
      .executeTakeFirst()
    return release === undefined && edition === undefined
  })
  await ledger.close()
}

async function firstAnswer(url: string, holds: string): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (await answers(url, holds)) return Date.now()
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(`${url} does not answer with ${holds}`)
}

async function answers(url: string, holds: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined)
  return answer?.status === 200 && (await answer.text()).includes(holds)
}

async function addReaders(run: RunFile): Promise<void> {
  const ledger = await openLedger(run.ledgerUrl)
  for (let n = 0; n < readers; n += 1) {
    const payload = {site: run.site, address: `reader-${n}@readers.example`}
    const id = await openRequest(ledger.db, {service: 'audience', kind: 'subscribers.add', payload, now: Date.now()})
    await until('a reader is added', async () => (await requestOutcome(ledger.db, id)).state === 'done')
  }
  await ledger.close()
}

/** Resident memory of the process and its renderers, MB. */
function memoryOf(child: ChildProcess): string {
  const family = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && (Number(pid) === child.pid || parentOf(pid) === child.pid),
  )
  const node = family.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'nats-server')
  const mb = (pid: string): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  return `${Math.round(mb(String(child.pid)))} MB, ${Math.round(node.reduce((sum, pid) => sum + mb(pid), 0))} with renderers`
}

function parentOf(pid: string): number {
  try {
    return Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return 0
  }
}

function toRow(size: number, times: Times[], importMs: number, memory: string): string[] {
  const of = (key: keyof Times): [string, string] => {
    const sorted = times.map((time) => time[key]).toSorted((a, b) => a - b)
    const at = (share: number): string =>
      String(Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!))
    return [at(0.5), at(0.95)]
  }
  return [
    size.toLocaleString('en'),
    ...of('page'),
    ...of('feed'),
    ...of('mail'),
    ...of('pushToPage'),
    of('push')[0],
    `${(importMs / 1000).toFixed(1)} s`,
    memory,
  ]
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), {recursive: true})
  writeFileSync(join(folder, path), text)
}

function commitAll(work: string, message: string): void {
  git(work, 'add', '--all')
  git(work, '-c', 'user.name=Bench', '-c', 'user.email=bench@site.example', 'commit', '--quiet', '--message', message)
}

function git(cwd: string, ...args: string[]): void {
  execFileSync('git', args, {cwd, stdio: ['ignore', 'ignore', 'inherit'], env: quietGit()})
}

function quietGit(): NodeJS.ProcessEnv {
  return {...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0'}
}
