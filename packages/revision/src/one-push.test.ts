import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {openMirror, type Mirror} from '@broadside/git'
import {createImagePool} from '@broadside/images/pool'
import {openLedger} from '@broadside/ledger'
import {importHistory, type Files} from './import-history.fixture.ts'
import {acceptRevision} from './index.ts'
import {remembered} from './remembered.fixture.ts'
import {addSite, post, siteName} from './stage.fixture.ts'

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})
const firstCommitAt = Date.parse('2026-03-01T08:00:00Z')
const hourMs = 3_600_000

/** What is remembered after pushes that end with these commits, each at the hour of its commit, with the clock between. */
async function after(mirror: Mirror, commits: string[], ends: number[]): Promise<unknown> {
  const ledger = await openLedger('sqlite::memory:')
  await addSite(ledger)
  for (const n of ends) {
    const asOf = firstCommitAt + n * hourMs
    const options = {site: siteName, asOf, now: () => asOf, keepBinary: async () => {}, images, source: 'intake'}
    const accept = (cause: string, commit: string) => acceptRevision({ledger, mirror, commit, cause, ...options})
    if (n > 0) await accept('clock', commits[n - 1]!)
    await accept('push', commits[n]!)
  }
  const memory = await remembered(ledger)
  await ledger.close()
  return memory
}

const settings = (timezone: string): Files => ({
  'broadside.yaml': `title: Site\ntimezone: ${timezone}\npermalink: /:year/:month/:day/:slug/\n`,
})
const old = 'posts/old.md'
const late = 'posts/late.md'
const broken = '---\ntitle: [\n---\n'

/** Histories of which pushes of each commit and one push of all once gave different memories. */
test.for<[string, Files[]]>([
  [
    'the younger of two posts takes a slug first',
    [{[old]: post()}, {[late]: post('slug: x')}, {[old]: post('slug: x')}],
  ],
  [
    'two posts have had a slug, one after the other, and want it again',
    [
      {[old]: post()},
      {[late]: post('slug: x')},
      {[late]: post()},
      {[old]: post('slug: x')},
      {[old]: post()},
      {[old]: post('slug: x'), [late]: post('slug: x')},
    ],
  ],
  [
    'a slug goes to who waits for it, and who had it wants it back',
    [{[old]: post('slug: x')}, {[late]: post('slug: x')}, {[old]: post('slug: y')}, {[old]: post('slug: x')}],
  ],
  [
    'a page has been where a post wants to be',
    [{'pages/p.md': post('permalink: /x/')}, {[old]: post('permalink: /x/')}, {'pages/p.md': post()}],
  ],
  [
    'the time zone of the site changes and changes back',
    [
      {...settings('UTC'), [old]: post('date: 2026-02-28T23:30:00Z'), [late]: post('date: 2026-02-28 23:30')},
      settings('Pacific/Auckland'),
      settings('UTC'),
    ],
  ],
  [
    'a post is written in another time zone',
    [settings('Pacific/Auckland'), {[old]: post('date: 2026-02-28 23:30')}, {[old]: undefined}, settings('UTC')],
  ],
  ['a post goes live between two commits', [{[old]: post('date: 2026-03-01T08:30:00Z')}, {[old]: post('slug: y')}]],
  [
    'a post expires while it waits',
    [{[old]: post('slug: x')}, {[late]: post('slug: x\nexpires: 2026-03-01T09:30:00Z')}, {'pages/p.md': post()}],
  ],
  ['a post is removed, and comes back broken', [{[old]: post()}, {[old]: undefined}, {[old]: broken}]],
  ['a post is broken at last', [{[old]: post()}, {[old]: post('slug: x')}, {[old]: broken}]],
])('one push gives the memory of a push for each commit where %s', async ([, changes]) => {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-one-push-'))
  const remoteUrl = join(folder, 'remote.git')
  const commits = importHistory(
    remoteUrl,
    changes.map((files) => ({files})),
  )
  const mirror = await openMirror({dir: join(folder, 'mirror.git'), remoteUrl, branch: 'main'})
  try {
    await mirror.fetch()
    const last = commits.length - 1
    const each = await after(mirror, commits, [...commits.keys()])
    expect(await after(mirror, commits, [last])).toEqual(each)
    expect(await after(mirror, commits, [0, last])).toEqual(each)
  } finally {
    await mirror.close()
    await rm(folder, {recursive: true, force: true})
  }
})
