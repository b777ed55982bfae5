/**
 * How fast a site's first import is accepted and rendered, how long its one transaction holds the ledger's write lock,
 * what memory it takes beyond the process at rest, and what CPU time of this process, which other work on the machine
 * changes least.
 *
 *     sh tools/run node bench/import.ts [--sizes 1000,10000] [--posts FOLDER] [--render]
 */
import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {createImagePool} from '@broadside/images/pool'
import {openMirror} from '@broadside/git'
import {ensureSite, openLedger, type Ledger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {acceptRevision, renderRevision} from '@broadside/revision'
import {makeSite} from './make-site.ts'

const {values} = parseArgs({
  options: {sizes: {type: 'string'}, posts: {type: 'string'}, render: {type: 'boolean'}},
})
const head = ['posts', 'accepted in', 'posts/s', 'CPU', 'transaction', 'memory', 'rendered in', 'posts/s']
console.log(`| ${head.join(' | ')} |\n|${head.map(() => ' ---: ').join('|')}|`)
for (const size of (values.sizes ?? '1000,10000').split(',').map(Number)) {
  console.log(`| ${(await measure(size)).join(' | ')} |`)
}

async function measure(size: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'broadside-bench-'))
  const remote = makeRepo(join(folder, 'work'), makeSite(size, values.posts))
  const opened = await openLedger(`sqlite://${folder}/ledger.db`)
  const mirror = await openMirror({dir: join(folder, 'mirror.git'), remoteUrl: remote, branch: 'main'})
  try {
    const site = {
      name: 'bench',
      remote,
      branch: 'main',
      site_url: 'https://bench.example/',
      audience_url: 'https://mail.bench.example/',
    }
    await ensureSite(opened.db, site, {id: 'bench', now: Date.now()})
    const {head: commit} = await mirror.fetch()
    const {ledger, heldMs} = timeTransactions(opened)
    const memory = watchMemory()
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    await acceptRevision({
      ledger,
      mirror,
      site: 'bench',
      commit: commit!,
      cause: 'push',
      asOf: Date.now(),
      now: Date.now,
      keepBinary: async () => {},
      images: createImagePool({size: 1}),
      source: 'intake',
    })
    const acceptedMs = performance.now() - startedAt
    const {user, system} = process.cpuUsage(cpu)
    const times = [ms(acceptedMs), perSecond(size, acceptedMs), ms((user + system) / 1000), ms(heldMs())]
    const row = [size.toLocaleString('en'), ...times, memory.most()]
    return [...row, ...(values.render === true ? await render(ledger, size) : ['–', '–'])]
  } finally {
    await mirror.close()
    await opened.close()
    rmSync(folder, {recursive: true, force: true})
  }
}

async function render(ledger: Ledger, size: number): Promise<string[]> {
  const pool = createRenderPool({size: 2, budgetMs: 5_000})
  await pool.warm()
  const startedAt = performance.now()
  await renderRevision({ledger, pool, source: 'renderer', now: Date.now}, {site: 'bench', revision: 1, of: 'all'})
  const renderedMs = performance.now() - startedAt
  await pool.close()
  return [ms(renderedMs), perSecond(size, renderedMs)]
}

/** The longest transaction, from its begin to its commit. */
function timeTransactions(ledger: Ledger): {ledger: Ledger; heldMs: () => number} {
  let longest = 0
  const timed: Ledger = {
    ...ledger,
    transaction: async (work) => {
      const startedAt = performance.now()
      try {
        return await ledger.transaction(work)
      } finally {
        longest = Math.max(longest, performance.now() - startedAt)
      }
    },
  }
  return {ledger: timed, heldMs: () => longest}
}

function watchMemory(): {most: () => string} {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  return {
    most() {
      clearInterval(timer)
      return `${Math.round((Math.max(most, process.memoryUsage().rss) - before) / 1_000_000)} MB`
    },
  }
}

function makeRepo(dir: string, files: Map<string, string>): string {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), {recursive: true})
    writeFileSync(join(dir, path), text)
  }
  const env = {...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null'}
  const git = (...args: string[]): void => void execFileSync('git', args, {cwd: dir, stdio: 'ignore', env})
  git('init', '--quiet', '--initial-branch=main', '.')
  git('add', '--all')
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@site.example', 'commit', '--quiet', '--message', 'the site')
  return dir
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ms`
}

function perSecond(count: number, value: number): string {
  return Math.round((count * 1000) / value).toLocaleString('en')
}
