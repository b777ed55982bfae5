import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {createImagePool} from '@broadside/images/pool'
import {openMirror, type Mirror} from '@broadside/git'
import {openLedger, type Ledger} from '@broadside/ledger'
import {seedFor, testSize} from '@broadside/testkit/test-size'
import {steps, toCommits} from './history.fixture.ts'
import {importHistory} from './import-history.fixture.ts'
import {acceptRevision} from './index.ts'
import {addSite, siteName} from './stage.fixture.ts'

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})

const name = 'revision: one push against many'
const asOf = Date.parse('2026-03-02T00:00:00Z')

/** What is remembered of each post, save the numbers of the revisions. */
async function memoryAfter(mirror: Mirror, heads: string[]): Promise<unknown> {
  const ledger = await openLedger('sqlite::memory:')
  await addSite(ledger)
  for (const commit of heads) {
    const options = {site: siteName, cause: 'push', asOf, now: () => asOf, source: 'intake'}
    await acceptRevision({ledger, mirror, commit, keepBinary: async () => {}, images, ...options})
  }
  const memory = await remembered(ledger)
  await ledger.close()
  return memory
}

async function remembered({db}: Ledger): Promise<unknown> {
  const posts = await db.selectFrom('posts').selectAll().orderBy('id').execute()
  const addresses = await db.selectFrom('post_addresses').select(['post', 'address']).execute()
  return posts.map(({first_live_revision: _revision, ...post}) => ({
    ...post,
    addresses: addresses
      .filter((row) => row.post === post.id)
      .map(({address}) => address)
      .toSorted(),
  }))
}

test('what is remembered of posts is the same whether commits come in one push or each in its own', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const folder = await mkdtemp(join(tmpdir(), 'broadside-memory-'))
      const commits = importHistory(join(folder, 'remote.git'), toCommits(history, {clashing: false}))
      const mirror = await openMirror({
        dir: join(folder, 'mirror.git'),
        remoteUrl: join(folder, 'remote.git'),
        branch: 'main',
      })
      try {
        await mirror.fetch()
        const [once, each] = [commits.slice(-1), commits]
        expect(await memoryAfter(mirror, once)).toEqual(await memoryAfter(mirror, each))
      } finally {
        await mirror.close()
        await rm(folder, {recursive: true, force: true})
      }
    }),
    {numRuns: testSize(name), seed: seedFor(name)},
  )
}, 600_000)
