import {encoderVersion} from '@broadside/images'
import {claimEffect, dueEffects, settleEffect, writeEffects, type Db} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {runCli, type Told} from './test-cli.ts'
import {createInstallation, post, type TestInstallation} from './test-installation.ts'

let installed: TestInstallation
let db: Db
let commit: string
beforeEach(async () => {
  installed = await createInstallation()
  db = installed.ledger.db
  await installed.push({'posts/one.md': post('One')})
  commit = await installed.repo.git('rev-parse', 'HEAD')
})
afterEach(() => installed.close())

/** Starts watching; what it says can be read meanwhile. */
function watch(...argv: string[]): {said: () => string; shown: () => string; over: () => boolean; end: Promise<Told>} {
  let isOver = false
  const told: string[] = []
  const shown: string[] = []
  const end = runCli(['status', '--watch', ...argv], {
    env: installed.env,
    patienceMs: 500,
    heard: (text) => void told.push(text),
    shown: (text) => void shown.push(text),
  }).finally(() => (isOver = true))
  return {said: () => told.join(''), shown: () => shown.join(''), over: () => isOver, end}
}

async function release(values: {live_at?: number; trouble?: string}): Promise<void> {
  const {live_at: liveAt = null, trouble = null} = values
  const now = Date.now()
  const counts = {wave: 4, attempt: 1, planned: 3, uploaded: 3, removed: 0, unchanged: 0}
  const times = {opened_at: now, progress_at: now, proving_at: null, live_at: liveAt, done_at: null}
  await db
    .insertInto('releases')
    .values({
      site: 'notes',
      number: 1,
      revision: 1,
      state: liveAt === null ? 'putting' : 'removing',
      proof: 'objects',
      trouble,
      ...counts,
      ...times,
    })
    .onConflict((c) => c.doUpdateSet({live_at: liveAt, trouble}))
    .execute()
}

test('each step is told once as it is taken, and it ends when everybody outside was told', async () => {
  const watched = watch(commit)
  await until('the push is told', () => watched.said().includes(`accepted  commit ${commit.slice(0, 12)}: 1 new\n`))
  await release({trouble: 'the objects are away'})
  await until('the trouble is told', () => watched.said().includes('trouble   the objects are away\n'))
  const target = 'https://hub.example/'
  const ping = {site: 'notes', kind: 'websub', target, subject: 'feed', version: 1, revision: 1, payload: '{}'}
  const now = Date.now()
  await writeEffects(db, [ping], now)
  await release({live_at: now})
  await until('the ping is told', () => watched.said().includes(`told      websub ${target} of feed: pending\n`))
  const [row] = await dueEffects(db, now, new Set())
  await claimEffect(db, row!, {worker: 'w', until: now})
  expect(watched.over()).toBe(false)
  await settleEffect(db, row!, {worker: 'w', state: 'done', answer: '204', now})
  const {code, out} = await watched.end
  expect(code).toBe(0)
  expect(
    out.split('\n').map((line) => line.replace(/^notes revision 1 {2}/, '').replace(/\+-?\d+ ms/, 'N ms')),
  ).toEqual([
    `accepted  commit ${commit.slice(0, 12)}: 1 new`,
    'rendered  N ms',
    'trouble   the objects are away',
    'live      N ms  release 1: 3 uploaded, proof objects',
    `told      websub ${target} of feed: pending`,
    `told      websub ${target} of feed: done, 204`,
    '',
  ])
})

test('a terminal counts the files and images of the release that is under way', async () => {
  const watched = watch(commit)
  await until('it waits', () => watched.shown().endsWith('waits for publisher'))
  const part = {site: 'notes', release: 1, wave: 1, part: 0, kind: 'variant', state: 'planned'}
  const sources = ['a', 'b'].map((digit) => digit.repeat(64))
  const outputs = sources.map((source) => ({...part, address: `/media/${source.slice(0, 12)}/v1/480.webp`}))
  await db.insertInto('release_outputs').values(outputs).execute()
  await release({})
  await until('they are counted', () => watched.shown().endsWith('0 of 2 files are there, 0 of 2 images made'))
  const made = {site: 'notes', source: sources[0]!, recipe: `480-${encoderVersion}.webp`, hash: 'x'}
  await db.insertInto('image_files').values(made).execute()
  await until('the count goes on', () => watched.shown().endsWith('0 of 2 files are there, 1 of 2 images made'))
  await release({live_at: Date.now()})
  const {code, out} = await watched.end
  expect(code).toBe(0)
  expect(out).not.toContain('images made')
  expect(watched.shown().endsWith('\r\u001B[K')).toBe(true)
})

test('without a commit the newest push is watched, and JSON comes at the end', async () => {
  await release({live_at: Date.now()})
  const {code, out} = await watch('--json').end
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject([{commit, stage: 'live', effects: []}])
})

test('what waits for a person, or for long, is not waited for', async () => {
  await release({live_at: Date.now()})
  const later = {site: 'notes', kind: 'websub', target: 't', subject: 's', version: 1, revision: 1, payload: '{}'}
  await writeEffects(db, [later], Date.now() + 3_600_000)
  expect(await watch(commit).end).toMatchObject({code: 0})
})

test('a commit that nobody accepts is not waited for without end', async () => {
  expect(await watch('abcdef1234').end).toMatchObject({code: 2, err: expect.stringContaining('no push of abcdef1234')})
})
