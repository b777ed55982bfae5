import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, onTestFinished, test} from 'vitest'
import {crawlSite, runProgram} from '@broadside/testkit'
import {isFullRun, seedFor, testSize} from '@broadside/testkit/test-size'
import {openWorld} from './open-world.ts'
import {freshSite, keptKeys, manifestSite, publishedSite} from './published-site.ts'
import {createAuthor, randomPush} from './random-changes.ts'
import type {World} from './start-world.ts'

const name = 'standalone: pushes of a random history'

test(
  'after any history the live site is what a fresh publish and `broadside build --like` give, no link dangles, and collecting does no harm',
  {timeout: isFullRun ? 3_600_000 : 90_000},
  async () => {
    const world = await openWorld({
      files: {'broadside.yaml': 'title: Random\n'},
      publisher: {keptReleases: 1, looseMs: 0},
    })
    await world.settled()
    const author = createAuthor(world)
    for (const acts of fc.sample(randomPush, {seed: seedFor(name), numRuns: testSize(name)})) {
      for (const act of acts) await author.perform(act)
      author.story.push('push')
      const {commit} = await world.publish()
      await world.live(commit)
      await world.request('publisher', 'gc', {site: 'test', withAssets: author.story.length % 2 === 0})
      await world.settled()
      const published = await publishedSite(world)
      expect(published, author.story.join('; ')).toEqual(await freshSite(world))
      expect(published, author.story.join('; ')).toEqual(await manifestSite(world))
    }
    expect((await crawlSite(world.run.siteUrl)).dangling, author.story.join('; ')).toEqual([])
    expect(await builtByCommand(world), author.story.join('; ')).toEqual(await filesOfSite(world))
  },
)

async function builtByCommand(world: World): Promise<Record<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'broadside-built-'))
  onTestFinished(() => rm(out, {recursive: true, force: true}))
  const program = runProgram(new URL('../../../packages/cli/src/main.ts', import.meta.url), {
    args: ['build', world.repo.dir, '--out', out, '--like', 'test', '--lenient', '--force'],
    env: {DATABASE_URL: world.run.ledgerUrl, OBJECTS_URL: world.run.objectsUrl},
  })
  const {code} = await program.exited
  expect(code, program.output()).toBe(0)
  return filesBelow(out)
}

/** As they lie in the objects, without the assets that are kept for readers of older pages. */
async function filesOfSite({home, ledger}: World): Promise<Record<string, string>> {
  const files = await filesBelow(join(home, 'objects/sites/test'))
  const kept = await keptKeys(ledger.db, 'test')
  return Object.fromEntries(Object.entries(files).filter(([path]) => !kept.has(path)))
}

/** Path → bytes, without the hidden files that a folder keeps for itself. */
async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const files: Record<string, string> = {}
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    // The search index follows a release by itself, a moment later.
    if (!/^search\/.*\.json$/.test(name)) files[name] = await readFile(path, 'latin1')
  }
  return Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
