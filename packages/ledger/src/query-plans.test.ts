import {mkdtempSync, rmSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {QueryId, RootOperationNode} from 'kysely'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {SiteView} from '@broadside/site'
import {
  claimDeliveries,
  claimEffect,
  deliveryCounts,
  dueEffects,
  effectsOfPush,
  endEffectLeases,
  freezeDigestChunk,
  hasDueDelivery,
  nextDueAt,
  openEnd,
  openLedger,
  openSiteView,
  writeEffects,
  type Db,
  type EffectRow,
  type Ledger,
  type ReleasesTable,
} from './index.ts'

let folder: string
let ledger: Ledger
let planner: DatabaseSync
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadside-plans-'))
  ledger = await openLedger(`sqlite://${folder}/ledger.db`)
  planner = new DatabaseSync(`${folder}/ledger.db`)
  await ledger.transaction(async (db) => {
    const texts = ['settings', 'theme'].map((hash) => ({hash, body: '{}'}))
    await db.insertInto('texts').values(texts).execute()
    const site = {name: 'notes', id: 'a', remote: '/r', branch: 'main', site_url: '', audience_url: '', state: 'active'}
    await db
      .insertInto('sites')
      .values({...site, first_revision: 1, created_at: 0})
      .execute()
    const row = {site: 'notes', number: 1, commit_id: 'c', as_of: 0, cause: 'push', state: 'rendered', summary: '{}'}
    const hashes = {settings_hash: 'settings', theme_hash: 'theme', urls: '[]'}
    await db
      .insertInto('revisions')
      .values({...row, ...hashes, accepted_at: 0, rendered_at: 0})
      .execute()
  })
})
afterAll(async () => {
  planner.close()
  await ledger.close()
  rmSync(folder, {recursive: true, force: true})
})

/** The steps by which SQLite would carry out each query that `ask` makes. */
async function plansOf(ask: (db: Db) => Promise<unknown>): Promise<string[]> {
  const asked: {node: RootOperationNode; queryId: QueryId}[] = []
  const db = ledger.db.withPlugin({
    transformQuery: ({node, queryId}) => {
      asked.push({node, queryId})
      return node
    },
    transformResult: async ({result}) => result,
  })
  await ask(db)
  return asked.flatMap(({node, queryId}) => {
    const {sql} = ledger.db.getExecutor().compileQuery(node, queryId)
    return planner
      .prepare(`explain query plan ${sql}`)
      .all()
      .map(({detail}) => String(detail))
  })
}

/** Steps that look at every row of a table, or of a site. */
const walks = (plans: string[]): string[] =>
  plans.filter(
    (step) => /^SCAN (?!CONSTANT)/.test(step) || /\(site=\?(?: AND (?:to|from)_revision[<>=]+\?)?\)/.test(step),
  )

test.each<[string, (view: SiteView) => Promise<unknown>]>([
  ['post', (view) => view.post('a')],
  ['postFrom', (view) => view.postFrom('posts/a.md')],
  ['postAt', (view) => view.postAt('/posts/a/')],
  ['pageFrom', (view) => view.pageFrom('pages/a.md')],
  ['pageAt', (view) => view.pageAt('/a/')],
  ['aliasAt', (view) => view.aliasAt('/old/')],
  ['redirectFrom', (view) => view.redirectFrom('/old/')],
  ['newest', (view) => view.newest({kind: 'all'}, 20)],
  ['newest of a tag', (view) => view.newest({kind: 'tag', key: 'x'}, 20)],
  ['newest of a series', (view) => view.newest({kind: 'series', key: 'x'}, 100)],
  ['neighbours', (view) => view.neighbours({id: 'a', date: 1}, 10)],
  ['inPeriod', (view) => view.inPeriod({kind: 'all'}, '2026')],
  ['inPeriod of a tag', (view) => view.inPeriod({kind: 'tag', key: 'x'}, '2026')],
  ['periodsOf a year', (view) => view.periodsOf({kind: 'all'}, '2026')],
  ['term', (view) => view.term('tag', 'x')],
  ['term of a series', (view) => view.term('series', 'x')],
  ['linkingTo', (view) => view.linkingTo(['posts/a.md', '/posts/a/'])],
  ['asset', (view) => view.asset('assets/a.png')],
  ['assetsByHash', (view) => view.assetsByHash('abcdefabcdef')],
  ['source', (view) => view.source('a')],
  ['fragment', (view) => view.fragment('k')],
])('the ledger answers "%s" by an index that leads to the few rows meant', async (_, ask) => {
  const plans = await plansOf(async (db) => ask(await openSiteView(db, 'notes', 1)))
  expect(plans.length).toBeGreaterThan(0)
  expect(walks(plans)).toEqual([])
})

test('ending what holds of a few posts looks at those posts alone', async () => {
  const ended = {to_revision: 2}
  const ids = ['a', 'b']
  const plans = await plansOf(async (db) => {
    const at = {site: 'notes', end: openEnd}
    await db
      .updateTable('post_versions')
      .set(ended)
      .where('site', '=', at.site)
      .where('id', 'in', ids)
      .where('to_revision', '=', at.end)
      .execute()
    await db
      .updateTable('post_terms')
      .set(ended)
      .where('site', '=', at.site)
      .where('post', 'in', ids)
      .where('to_revision', '=', at.end)
      .execute()
    for (const table of ['links', 'aliases'] as const) {
      await db
        .updateTable(table)
        .set(ended)
        .where('site', '=', at.site)
        .where('kind', '=', 'post')
        .where('owner', 'in', ids)
        .where('to_revision', '=', at.end)
        .execute()
    }
  })
  expect(walks(plans)).toEqual([])
})

test('what is told outside is found by what waits, and not among all that ever was told', async () => {
  const row = {site: 'notes', kind: 'websub', target: 't', subject: 's', version: 1, revision: 1, payload: '{}'}
  const plans = await plansOf(async (db) => {
    await dueEffects(db, 1, new Set())
    await writeEffects(db, [row], 1)
    await claimEffect(db, {...row, id: 1, attempt: 0} as EffectRow, {worker: 'w', until: 1})
    await endEffectLeases(db, 1)
    await effectsOfPush(db, {site: 'notes', revision: 1, release: 1})
  })
  expect(walks(plans)).toEqual([])
})

test('a round of digests is carried on among its own readers, and not among all who get mail', async () => {
  const round = {site: 'notes', cadence: 'weekly', timezone: 'UTC', due: 1, state: 'freezing', cursor: ''} as const
  await ledger.db.insertInto('digests').values(round).execute()
  const live = {site: 'notes', number: 1, revision: 1, shows: null} as ReleasesTable
  const plans = await plansOf((db) => freezeDigestChunk(db, round, {live, now: 1}))
  expect(walks(plans)).toEqual([])
  expect(plans.filter((step) => step.includes('subscribers'))).toEqual([
    expect.stringContaining('subscribers_by_digest (site=? AND cadence=? AND timezone=?'),
  ])
})

test('who goes first is found without a look at all who wait behind them', async () => {
  const lease = {worker: 'w', until: 1}
  const plans = await plansOf(async (db) => {
    await claimDeliveries(db, 'e1', {lease, limit: 10, now: 1, firstOnly: true})
    await hasDueDelivery(db, 'e1', 1, {firstOnly: true})
    await nextDueAt(db, 'e1', {firstOnly: true})
    await deliveryCounts(db, 'e1', {firstOnly: true})
  })
  expect(walks(plans)).toEqual([])
  const looks = plans.filter((step) => step.includes('deliveries'))
  expect(looks.filter((step) => !step.includes('deliveries_first') && !step.includes('PRIMARY KEY'))).toEqual([])
})
