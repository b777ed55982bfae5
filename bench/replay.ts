/**
 * Replays the history of a blog, push by push, into an installed site, and compares what is live with what a build of the
 * same commit gives (`broadside build --like`), byte by byte.
 *
 *     sh tools/run node bench/replay.ts REPOSITORY --posts src/blog [--commits 100] [--compare 10]
 *
 * Ends with 1 where anything differs.
 */
import {spawn, spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {keptUpTo, lastLiveRelease, newestOfBranch, openHolds, openLedger, type Ledger} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import type {RunFile} from '../services/standalone/src/home.ts'
import {writeHook} from '../services/standalone/src/local-remote.ts'
import {git, replayHistory} from './replay-history.ts'

const root = join(import.meta.dirname, '..')
const withinMs = 600_000
const site = 'replay'

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {posts: {type: 'string'}, commits: {type: 'string'}, compare: {type: 'string'}},
})
const [repository] = positionals
if (repository === undefined || values.posts === undefined)
  throw new Error('name a repository, and with --posts its folder')
const every = Number(values.compare ?? '10')

const folder = mkdtempSync(join(tmpdir(), 'broadside-replay-'))
const home = join(folder, 'home')
const remote = join(folder, `${site}.git`)
git(remote, 'init', '--quiet', '--bare', '--initial-branch=main', remote)
const {commits, whole} = replayHistory(repository, values.posts, remote, Number(values.commits ?? '100'))
const [first = '', ...rest] = commits
git(remote, 'update-ref', 'refs/heads/main', first)
writeHook(home, remote, site)

let differing = 0
let compared = 0
let last: {posts: number; files: number} = {posts: 0, files: 0}
const child = spawn(process.execPath, [join(root, 'services/standalone/src/main.ts'), '--site', remote], {
  env: {...process.env, BROADSIDE_HOME: home},
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  const file = join(home, 'run.json')
  const run = await until('run.json', () => existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as RunFile), {
    withinMs,
  })
  const ledger = await openLedger(run.ledgerUrl)
  await live(ledger, first)
  for (const [n, commit] of rest.entries()) {
    git(remote, 'update-ref', 'refs/heads/main', commit)
    await fetch(`${run.intakeUrl}/push/${site}`, {method: 'POST', body: JSON.stringify({after: commit})})
    await live(ledger, commit)
    if ((n + 1) % every === 0 || n === rest.length - 1) await compare(ledger, run, commit)
  }
  await ledger.close()
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  rmSync(folder, {recursive: true, force: true})
}
console.log(
  `${commits.length} of ${whole} commits replayed, ${compared} compared: ${differing} differ; ` +
    `${last.posts} posts and ${last.files} files at the end`,
)
process.exit(differing === 0 ? 0 : 1)

/** Waits until the commit is what readers have; a revision that is held for its deletions is approved. */
async function live(ledger: Ledger, commit: string): Promise<void> {
  await until(
    `${commit} is live`,
    async () => {
      const newest = await newestOfBranch(ledger.db, site)
      if (newest?.commit_id !== commit) return false
      if ((await openHolds(ledger.db, site)).length > 0) command('approve', site)
      const release = await lastLiveRelease(ledger.db, site)
      if (release?.revision !== newest.number) return false
      const open = ledger.db.selectFrom('releases').select('number').where('state', 'not in', ['done', 'superseded'])
      return (await open.executeTakeFirst()) === undefined
    },
    {withinMs},
  )
}

async function compare(ledger: Ledger, run: RunFile, commit: string): Promise<void> {
  const out = join(folder, 'out')
  command('build', remote, '--rev', commit, '--out', out, '--like', site, '--lenient', '--force')
  const kept = new Set((await keptUpTo(ledger.db, site, Number.MAX_SAFE_INTEGER)).map(({key}) => key))
  const published = hashesBelow(join(fileURLToPath(run.objectsUrl), 'sites', site))
  const built = hashesBelow(out)
  const paths = [...new Set([...published.keys(), ...built.keys()])].filter((path) => !kept.has(path))
  const different = paths.filter((path) => published.get(path) !== built.get(path))
  compared += 1
  if (different.length > 0) differing += 1
  last = {posts: paths.filter((path) => /^posts\/.*index\.html$/.test(path)).length, files: built.size}
  console.error(
    `${commit.slice(0, 12)}: ${built.size} files, ${different.length} differ ${different.slice(0, 5).join(' ')}`,
  )
}

function command(...args: string[]): void {
  const env = {...process.env, BROADSIDE_HOME: home}
  const ran = spawnSync(process.execPath, [join(root, 'packages/cli/src/main.ts'), ...args], {env, encoding: 'utf8'})
  if (ran.status !== 0) throw new Error(`broadside ${args[0]} ended with ${ran.status}: ${ran.stderr}`)
}

/** Path → hash, without hidden files and the search index, which follows a release by itself. */
function hashesBelow(dir: string): Map<string, string> {
  const entries = readdirSync(dir, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
  const shown = paths.filter((path) => !/(?:^|\/)\.|^search\/.*\.json$/.test(path))
  return new Map(
    shown.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(dir, path)))
        .digest('hex'),
    ]),
  )
}
