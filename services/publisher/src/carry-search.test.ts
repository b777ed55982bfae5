import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {openMirror} from '@broadside/git'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, openLedger, searchFilesOf, searchIndexOf, type Ledger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {openObjects} from '@broadside/objects'
import {acceptRevision, renderRevision} from '@broadside/revision'
import {createRepo, runProgram, type ProgramExit} from '@broadside/testkit'
import {isFullRun} from '@broadside/testkit/test-size'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {carryAtOnce} from './carry-search.fixture.ts'

const program = new URL('carry-search.fixture.ts', import.meta.url)
const preload = fileURLToPath(new URL('../../../packages/testkit/src/kill-at-commit.mjs', import.meta.url))
const site = 'notes'
const hourMs = 3_600_000

type Moment = {step: string; n: number; when: 'before' | 'after'}

/** A file is put and nothing confirms it. */
const someMoments: Moment[] = [{step: 'rename', n: 3, when: 'after'}]

const pool = createRenderPool({size: 1, budgetMs: 20_000})
const images = createImagePool({size: 1})

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'broadside-search-'))
  await prepare(join(root, 'base'))
}, 300_000)
afterAll(async () => {
  await Promise.all([pool.close(), images.close()])
  await rm(root, {recursive: true, force: true})
})

const post = (title: string, date: string) => `---\ntitle: ${title}\ndate: ${date}\n---\n\nThe text of ${title}.\n`
const ledgerAt = (folder: string) => `sqlite://${folder}/ledger.db`
const objectsAt = (folder: string) => pathToFileURL(join(folder, 'objects')).href

/** A site whose index is that of its first revision, and whose second one is live. */
async function prepare(folder: string): Promise<void> {
  const repo = await createRepo(folder)
  const ledger = await openLedger(ledgerAt(folder))
  const row = {name: site, remote: repo.remote, branch: 'main', site_url: 'https://notes.example/'}
  await ensureSite(ledger.db, {...row, audience_url: 'https://mail.example/'}, {id: 'site-id', now: 0})
  await repo.write({'posts/ink.md': post('Ink', '2026-01-02'), 'posts/lead.md': post('Lead', '2026-01-03')})
  await publish(ledger, repo, folder)
  await carry(folder)
  await repo.write({'posts/paper.md': post('Paper', '2026-01-04'), 'posts/lead.md': post('Tin', '2026-01-03')})
  await publish(ledger, repo, folder)
  await ledger.close()
}

async function publish(ledger: Ledger, repo: Awaited<ReturnType<typeof createRepo>>, folder: string): Promise<void> {
  await repo.commit()
  await repo.push()
  const mirror = await openMirror({dir: join(folder, 'mirror.git'), remoteUrl: repo.remote, branch: 'main'})
  const now = () => Date.parse('2026-02-01T00:00:00Z')
  const commit = (await mirror.fetch()).head!
  const keepBinary = async () => {}
  const about = {cause: 'push' as const, asOf: now(), now, keepBinary, images, source: 'intake'}
  const {number} = (await acceptRevision({ledger, mirror, site, commit, ...about}))!
  await renderRevision({ledger, pool, source: 'renderer', now}, {site, revision: number, of: 'all'})
  const counts = {wave: 5, attempt: 1, planned: 0, uploaded: 0, removed: 0, unchanged: 0}
  const times = {opened_at: 0, progress_at: 0, proving_at: 0, live_at: number, done_at: number}
  await ledger.db
    .insertInto('releases')
    .values({site, number, revision: number, state: 'done', proof: 'objects', trouble: null, ...counts, ...times})
    .execute()
  await mirror.close()
}

/** Runs the program on a folder; `arm` is a file that says where it is to be killed. */
async function runArmed(folder: string, arm: string): Promise<ProgramExit> {
  const args = [ledgerAt(folder), objectsAt(folder), site]
  const {exited} = runProgram(program, {args, nodeArgs: ['--import', preload], env: {BROADSIDE_KILL_ARM: arm}})
  return exited
}

const carry = (folder: string, options?: Parameters<typeof carryAtOnce>[3]) =>
  carryAtOnce(ledgerAt(folder), objectsAt(folder), site, options)

async function copyOfBase(name: string): Promise<string> {
  const folder = join(root, name)
  await cp(join(root, 'base'), folder, {recursive: true})
  return folder
}

/** The files of the index in the objects, and what the ledger has of them. */
async function outcomeOf(folder: string) {
  const objects = await openObjects(objectsAt(folder))
  const files: Record<string, string> = {}
  const prefix = `sites/${site}/search/`
  for await (const {key} of objects.list(prefix)) {
    files[key.slice(prefix.length)] = Buffer.from((await objects.get(key))!.body).toString()
  }
  await objects.close()
  const ledger = await openLedger(ledgerAt(folder))
  const {revision, segments, tidy_at: tidyAt} = await searchIndexOf(ledger.db, site)
  const known = Object.fromEntries((await searchFilesOf(ledger.db, site)).entries())
  await ledger.close()
  return {files, known, revision, segments, tidyAt}
}

/** What the entry that readers have at this instant names and that is not there. */
function dangling(files: Record<string, string>): string[] {
  const {segments} = JSON.parse(files['index.json']!) as {segments: {terms: string[]; files: string[]}[]}
  return segments.flatMap(({terms, files: pages}) => [...terms, ...pages]).filter((name) => !(name in files))
}

/** Right before and right after each step of a run that nobody kills. */
async function everyMoment(arm: string): Promise<Moment[]> {
  const folder = await copyOfBase('counted')
  await writeFile(arm, JSON.stringify({step: 'none', when: 'before', n: 0}))
  expect(await runArmed(folder, arm)).toEqual({code: 0, signal: null})
  const steps = JSON.parse(await readFile(`${arm}.counted`, 'utf8')) as Record<string, number>
  expect(Object.keys(steps).toSorted()).toEqual(['commit', 'remove', 'rename'])
  return Object.entries(steps).flatMap(([step, count]) =>
    Array.from({length: count}, (_, at) => at + 1).flatMap((n): Moment[] => [
      {step, n, when: 'before'},
      {step, n, when: 'after'},
    ]),
  )
}

test(
  'a kill at any step leaves readers an index that is whole, and the next look brings it to the same end',
  async () => {
    const undisturbed = await copyOfBase('undisturbed')
    await carry(undisturbed)
    const reference = await outcomeOf(undisturbed)
    expect(reference).toMatchObject({revision: 2, tidyAt: null})
    expect(reference.known).toEqual(Object.fromEntries(Object.keys(reference.files).map((name) => [name, 'live'])))
    expect(Object.values(reference.files).join('')).toContain('"paper"')

    const arm = join(root, 'arm')
    const moments = isFullRun ? await everyMoment(arm) : someMoments
    let died = 0
    for (const [at, moment] of moments.entries()) {
      const folder = await copyOfBase(`killed-${at}`)
      const said = JSON.stringify(moment)
      await writeFile(arm, said)
      if ((await runArmed(folder, arm)).signal === 'SIGKILL') died += 1
      expect(dangling((await outcomeOf(folder)).files), said).toEqual([])
      await carry(folder, {aheadMs: hourMs})
      expect(await outcomeOf(folder), said).toEqual(reference)
      await rm(folder, {recursive: true})
    }
    // A step that fails and is done again, as a rename into a folder that is not there yet, has no moment after it.
    expect(died).toBeGreaterThanOrEqual(moments.length * 0.9)
  },
  isFullRun ? 600_000 : 60_000,
)

test('an index that is there waits until releases are quiet, and a site that has none gets one at once', async () => {
  const folder = await copyOfBase('waiting')
  const before = await outcomeOf(folder)
  await carry(folder, {searchQuietMs: Number.MAX_SAFE_INTEGER, searchPatienceMs: Number.MAX_SAFE_INTEGER})
  expect(await outcomeOf(folder)).toEqual(before)
  expect(before.revision).toBe(1)

  const ledger = await openLedger(ledgerAt(folder))
  await ledger.db.deleteFrom('search_indexes').execute()
  await ledger.close()
  await carry(folder, {searchQuietMs: Number.MAX_SAFE_INTEGER, searchPatienceMs: Number.MAX_SAFE_INTEGER})
  expect(await outcomeOf(folder)).toMatchObject({revision: 2})
})
