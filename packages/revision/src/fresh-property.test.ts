import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createImagePool} from '@broadside/images/pool'
import {openMirror, type Mirror} from '@broadside/git'
import {openLedger, openSiteView, type Ledger} from '@broadside/ledger'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import {allOutputs, buildOutput, themeOf, type SiteView} from '@broadside/site'
import {seedFor, testSize} from '@broadside/testkit/test-size'
import {copyMemory} from './copy-memory.fixture.ts'
import {steps, toCommits} from './history.fixture.ts'
import {importHistory} from './import-history.fixture.ts'
import {acceptRevision, renderRevision} from './index.ts'
import {addSite, siteName} from './stage.fixture.ts'

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})

const name = 'revision: pushes against a fresh publish'
const start = Date.parse('2026-03-01T09:00:00Z')
const hourMs = 3_600_000

let pool: RenderPool
beforeAll(() => {
  pool = createRenderPool({size: 1, budgetMs: 20_000})
})
afterAll(() => pool.close())

async function accept(ledger: Ledger, mirror: Mirror, commit: string, cause: 'push' | 'clock', asOf: number) {
  const options = {site: siteName, asOf, now: () => asOf, keepBinary: async () => {}, images, source: 'intake'}
  const accepted = await acceptRevision({ledger, mirror, commit, cause, ...options})
  const rendering = {ledger, pool, source: 'renderer', now: () => asOf}
  if (accepted !== undefined) {
    await renderRevision(rendering, {site: siteName, revision: accepted.number, of: 'all'})
  }
}

/** Every output of the newest revision, by address. */
async function outputsOf(ledger: Ledger): Promise<Record<string, string>> {
  const {number} = await ledger.db
    .selectFrom('revisions')
    .select('number')
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow()
  const view: SiteView = await openSiteView(ledger.db, siteName, number)
  const theme = themeOf(view)
  const outputs: Record<string, string> = {}
  for await (const spec of allOutputs(view, theme)) {
    const built = await buildOutput(spec, view, theme)
    if (built !== undefined) {
      outputs[spec.address] = 'body' in built ? Buffer.from(built.body).toString('utf8') : JSON.stringify(built)
    }
  }
  return outputs
}

test('after any pushes and ticks the site is byte for byte what a fresh publish of its head and memory is', async () => {
  const moments = fc.array(fc.record({commits: fc.integer({min: 0, max: 3}), hours: fc.nat({max: 3})}), {
    minLength: 2,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(steps, moments, async (history, pushes) => {
      const folder = await mkdtemp(join(tmpdir(), 'broadside-fresh-'))
      const remoteUrl = join(folder, 'remote.git')
      const commits = importHistory(remoteUrl, toCommits(history, {clashing: true}))
      const mirror = await openMirror({dir: join(folder, 'mirror.git'), remoteUrl, branch: 'main'})
      const ledger = await openLedger('sqlite::memory:')
      const fresh = await openLedger('sqlite::memory:')
      try {
        await mirror.fetch()
        await addSite(ledger)
        await addSite(fresh)
        let at = 0
        let asOf = start
        await accept(ledger, mirror, commits[0]!, 'push', asOf)
        for (const {commits: count, hours} of pushes) {
          at = Math.min(at + count, commits.length - 1)
          asOf += hours * hourMs + 1
          await accept(ledger, mirror, commits[at]!, count === 0 ? 'clock' : 'push', asOf)
        }
        await accept(ledger, mirror, commits[at]!, 'clock', asOf)
        await copyMemory(ledger.db, fresh)
        await accept(fresh, mirror, commits[at]!, 'push', asOf)
        expect(await outputsOf(fresh)).toEqual(await outputsOf(ledger))
      } finally {
        await mirror.close()
        await ledger.close()
        await fresh.close()
        await rm(folder, {recursive: true, force: true})
      }
    }),
    {numRuns: testSize(name), seed: seedFor(name)},
  )
}, 600_000)
