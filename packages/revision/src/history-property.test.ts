import {execFileSync} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {openMirror, type Mirror} from '@broadside/git'
import {createImagePool} from '@broadside/images/pool'
import {changesBetween, openLedger, openSiteView, type Ledger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {affectedOutputs, allOutputs, buildOutput, themeOf, type OutputSpec, type SiteView} from '@broadside/site'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {firstStepAt, kinds, toPushes, twentySteps, type Kind} from './author-steps.fixture.ts'
import {copyMemory} from './copy-memory.fixture.ts'
import {importHistory} from './import-history.fixture.ts'
import {acceptRevision, renderRevision} from './index.ts'
import {remembered} from './remembered.fixture.ts'
import {addSite, siteName} from './stage.fixture.ts'

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})
const pool = createRenderPool({size: 1, budgetMs: 20_000})

const name = 'revision: histories of twenty steps'
const hourMs = 3_600_000

/** Address to bytes and headers. */
type Outputs = Map<string, string>

async function accept(ledger: Ledger, mirror: Mirror, commit: string, asOf: number, causes = ['push', 'clock']) {
  const options = {site: siteName, asOf, now: () => asOf, keepBinary: async () => {}, images, source: 'intake'}
  for (const cause of causes) {
    const accepted = await acceptRevision({ledger, mirror, commit, cause, ...options})
    if (accepted === undefined) continue
    const rendering = {ledger, pool, source: 'renderer', now: () => asOf}
    await renderRevision(rendering, {site: siteName, revision: accepted.number, of: 'all'})
  }
}

async function newestOf({db}: Ledger): Promise<number> {
  const revision = db.selectFrom('revisions').select('number').orderBy('number', 'desc')
  return (await revision.executeTakeFirstOrThrow()).number
}

/** Builds these over what is live; what is no longer there leaves. */
async function put(live: Outputs, specs: Iterable<OutputSpec> | AsyncIterable<OutputSpec>, view: SiteView) {
  const next = new Map(live)
  const theme = themeOf(view)
  for await (const spec of specs) {
    const built = await buildOutput(spec, view, theme)
    const body = built !== undefined && 'body' in built ? Buffer.from(built.body).toString() : built
    if (built === undefined) next.delete(spec.address)
    else next.set(spec.address, JSON.stringify({...built, body}))
  }
  return next
}

/** The newest revision as a fresh publish builds it. */
async function fresh(ledger: Ledger): Promise<Outputs> {
  const view = await openSiteView(ledger.db, siteName, await newestOf(ledger))
  return put(new Map(), allOutputs(view), view)
}

test('after any history of twenty steps the site is what a fresh publish gives, and without rewrites git gives the memory again', async () => {
  const counts = new Map<Kind, number>(kinds.map((kind) => [kind, 0]))
  let compared = 0
  await fc.assert(
    fc.asyncProperty(twentySteps, async (steps) => {
      const {commits, pushes} = toPushes(steps)
      for (const kind of new Set(pushes.flatMap((push) => push.kinds))) counts.set(kind, counts.get(kind)! + 1)
      const folder = await mkdtemp(join(tmpdir(), 'broadside-history-'))
      const remoteUrl = join(folder, 'remote.git')
      const hashes = importHistory(remoteUrl, commits)
      const mirror = await openMirror({dir: join(folder, 'mirror.git'), remoteUrl, branch: 'main'})
      const ledgers = await Promise.all([1, 2, 3].map(() => openLedger('sqlite::memory:')))
      const [ledger, copied, rebuilt] = ledgers as [Ledger, Ledger, Ledger]
      try {
        for (const each of ledgers) await addSite(each)
        let live: Outputs = new Map()
        let before: {view: SiteView; number: number} | undefined
        let asOf = firstStepAt
        let head = ''
        for (const [n, push] of pushes.entries()) {
          // The clock goes on until the first commit is written.
          const writtenAt = firstStepAt + (commits[push.commits[0]!]!.at ?? 0) * hourMs
          if (n > 0) await accept(ledger, mirror, head, writtenAt, ['clock'])
          head = hashes[push.commits.at(-1)!]!
          // The commits up to the next force push come with one fetch.
          if (n === 0 || push.isForced) {
            const until = pushes.slice(n + 1).findIndex(({isForced}) => isForced)
            const last = until === -1 ? pushes.at(-1)! : pushes[n + until]!
            execFileSync('git', ['update-ref', 'refs/heads/main', hashes[last.commits.at(-1)!]!], {cwd: remoteUrl})
            await mirror.fetch()
          }
          asOf += push.kinds.length * hourMs + 1
          await accept(ledger, mirror, head, asOf)
          const number = await newestOf(ledger)
          const view = await openSiteView(ledger.db, siteName, number)
          const changes = await changesBetween(ledger.db, siteName, before?.number ?? 0, number)
          const affected = await affectedOutputs({before: before?.view, after: view, changes})
          live = await put(live, affected, view)
          before = {view, number}
        }
        const inOrder = (outputs: Outputs) => Object.fromEntries(outputs)
        expect(inOrder(live)).toEqual(inOrder(await fresh(ledger)))
        await copyMemory(ledger.db, copied)
        await accept(copied, mirror, head, asOf)
        expect(inOrder(await fresh(copied))).toEqual(inOrder(live))
        if (pushes.some(({isForced}) => isForced)) return
        compared += 1
        await accept(rebuilt, mirror, head, asOf)
        expect(await remembered(rebuilt)).toEqual(await remembered(ledger))
      } finally {
        await mirror.close()
        for (const each of ledgers) await each.close()
        await rm(folder, {recursive: true, force: true})
      }
    }),
    {numRuns: testSize(name), seed: seedFor(name), endOnFailure: true},
  )
  if (!isFullRun) return
  console.log(`histories of ${testSize(name)} with each kind of step: ${JSON.stringify(Object.fromEntries(counts))}`)
  console.log(`histories whose memory was made again from git: ${compared}`)
  for (const [kind, count] of counts) expect(count, kind).toBeGreaterThanOrEqual(testSize(name) / 5)
  expect(compared).toBeGreaterThan(0)
}, 1_800_000)
