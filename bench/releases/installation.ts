import {existsSync, mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {openLedger, searchIndexOf, type ReleasesTable} from '@broadside/ledger'
import {runProgram, until} from '@broadside/testkit'
import type {RunFile} from '../../services/standalone/src/home.ts'
import {writeHook} from '../../services/standalone/src/local-remote.ts'
import type {Repo} from './open-repo.ts'
import {benchHeader} from './s3-counts.ts'
import {s3Credentials, type S3Server} from './start-s3.ts'
import {watchTree, type TreeUse} from './watch-tree.ts'

const longMs = 1_800_000
const site = 'bench'

/** One process of all services over the repository, with its servers; its objects in its home, or in the bucket. */
export type Installation = {
  /** From the start of the process until its first release was live. */
  firstLive: TreeUse & {tookMs: number; release: ReleasesTable}
  /** From the same start until the search page finds all of it, too. */
  firstFound: () => Promise<TreeUse & {tookMs: number}>
  /** Whether readers get a page that holds the words, from the S3 server itself where the objects lie there. */
  shows: (address: string, words: string) => Promise<boolean>
  /** The release of the commit, once nothing of it is left to do. */
  settled: (commit: string) => Promise<ReleasesTable>
  watch: () => {stop: () => TreeUse}
  stop: () => Promise<void>
}

export async function startInstallation(folder: string, repo: Repo, server?: S3Server): Promise<Installation> {
  const home = join(folder, 'home')
  mkdirSync(home)
  writeHook(home, repo.remote, site)
  const objectsUrl = server && `s3://site/home?endpoint=${server.endpoint}&region=eu-west-1`
  const startedAt = Date.now()
  const program = runProgram(new URL('../../services/standalone/src/main.ts', import.meta.url), {
    args: ['--site', repo.remote],
    // As `npm start` runs it (tools/run).
    nodeArgs: ['--max-semi-space-size=8', '--heap-growing-percent=100'],
    env: {...s3Credentials, MALLOC_ARENA_MAX: '2', BROADSIDE_HOME: home, OBJECTS_URL: objectsUrl, LOG_LEVEL: 'warn'},
  })
  void program.exited.then(({code}) => code === 0 || console.error(program.output().slice(-4_000)))
  const watch = watchTree(program.pid)
  const longWatch = watchTree(program.pid)
  const runFile = join(home, 'run.json')
  const run = await until('run.json', () => existsSync(runFile) && JSON.parse(readFileSync(runFile, 'utf8')), {
    withinMs: 60_000,
  }).then((value) => value as RunFile)
  const ledger = await openLedger(run.ledgerUrl)
  const newest = () => ledger.db.selectFrom('releases').selectAll().orderBy('number', 'desc').executeTakeFirst()
  const release = await seldom('the first release is live', async () => {
    const found = await newest()
    return found?.live_at ? found : undefined
  })
  const firstLive = {tookMs: release.live_at! - startedAt, ...watch.stop(), release}
  const base = server === undefined ? run.siteUrl : `${server.endpoint}/site/home/sites/${site}/`
  return {
    firstLive,
    async firstFound() {
      await seldom('the search index', async () => {
        const {revision} = await searchIndexOf(ledger.db, site)
        return revision >= release.revision || undefined
      })
      return {tookMs: Date.now() - startedAt, ...longWatch.stop()}
    },
    async shows(address, words) {
      const url = `${base}${address}${server === undefined ? '' : 'index.html'}`
      const answer = await fetch(url, {headers: {[benchHeader]: 'look'}}).catch(() => undefined)
      return answer?.status === 200 && (await answer.text()).includes(words)
    },
    async settled(commit) {
      return seldom(`the release of ${commit}`, async () => {
        const revision = await ledger.db
          .selectFrom('revisions')
          .select('number')
          .where('commit_id', '=', commit)
          .executeTakeFirst()
        const found = await newest()
        return revision !== undefined && found?.revision === revision.number && found.state === 'done'
          ? found
          : undefined
      })
    },
    watch: () => watchTree(program.pid),
    async stop() {
      await ledger.close()
      await program.stop()
    },
  }
}

/** Looks ten times a second, so that looking costs the installation nothing; the moments themselves are recorded. */
async function seldom<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
  for (const deadline = Date.now() + longMs; Date.now() < deadline;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${what}: not within ${longMs} ms`)
}
