import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {
  addressesInDoubt,
  addressesPlannedAfter,
  changesBetween,
  checkFence,
  ensureSite,
  lastLiveRelease,
  manifestAt,
  manifestEntries,
  isAnyOpen,
  markInDoubt,
  moveRelease,
  nextOpenPart,
  revisionToRelease,
  openLedger,
  openParts,
  openRelease,
  outputsIn,
  outputsOfPart,
  planOutputs,
  recordPuts,
  recordRemovals,
  releaseFacts,
  releaseUnderWay,
  settleOutputs,
  settlePuts,
  sitesToRelease,
  takeOverRelease,
  type Ledger,
} from './index.ts'

const site = 'notes'

let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  const row = {
    name: site,
    remote: '/r',
    branch: 'main',
    site_url: 'https://a.example/',
    audience_url: 'https://b.example/',
  }
  await ensureSite(ledger.db, row, {id: 'a', now: 0})
})
afterEach(() => ledger.close())

async function addRevision(number: number, state: string): Promise<void> {
  const row = {commit_id: 'c', as_of: 0, cause: 'push', settings_hash: 's', theme_hash: 't', urls: '[]', summary: '{}'}
  await ledger.db
    .insertInto('revisions')
    .values({site, number, state, ...row, accepted_at: 0, rendered_at: null})
    .execute()
}

const entry = (key: string, release: number, hash = 'h') => ({
  site,
  key,
  address: `/${key}`,
  hash,
  headers: '{}',
  release,
  etag: `etag of ${hash}`,
})

async function readManifest() {
  const entries = []
  for await (const found of manifestEntries(ledger.db, site)) entries.push(found)
  return entries
}

describe('releases', () => {
  test('are taken over by one, and not when they gave a sign of life since they were looked at', async () => {
    const opened = (await openRelease(ledger.db, site, 1, 5))!
    await ledger.db.updateTable('releases').set({progress_at: 9}).execute()
    expect(await takeOverRelease(ledger.db, opened, 20)).toBe(false)
    const silent = (await releaseUnderWay(ledger.db, site))!
    const taken = await Promise.all([1, 2].map(() => takeOverRelease(ledger.db, silent, 20)))
    expect(taken).toEqual([true, false])
    expect(await releaseUnderWay(ledger.db, site)).toMatchObject({attempt: opened.attempt + 1, progress_at: 20})
  })

  test('are numbered, one at a time: a second one opens when the first is over', async () => {
    expect(await openRelease(ledger.db, site, 1, 5)).toMatchObject({number: 1, state: 'planning', opened_at: 5})
    expect(await openRelease(ledger.db, site, 2, 6)).toBeUndefined()
    expect(await releaseUnderWay(ledger.db, site)).toMatchObject({number: 1, revision: 1})
    expect(await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'superseded'})).toBe(true)
    expect(await openRelease(ledger.db, site, 2, 7)).toMatchObject({number: 2})
  })

  test('move once: whoever comes second finds the state gone', async () => {
    await openRelease(ledger.db, site, 1, 0)
    expect(await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'putting'})).toBe(true)
    expect(await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'superseded'})).toBe(false)
    expect(await releaseUnderWay(ledger.db, site)).toMatchObject({state: 'putting'})
  })

  test('that are over let nobody write any more', async () => {
    await openRelease(ledger.db, site, 1, 0)
    await expect(checkFence(ledger.db, site, 1)).resolves.toBeUndefined()
    await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'superseded'})
    await expect(checkFence(ledger.db, site, 1)).rejects.toMatchObject({code: 'release.fenced', kind: 'uncertain'})
    await expect(checkFence(ledger.db, site, 9)).rejects.toMatchObject({code: 'release.fenced'})
  })

  test('the last one that readers have seen is the newest with a time of it, done or not', async () => {
    await openRelease(ledger.db, site, 1, 0)
    await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'done', live_at: 3})
    await openRelease(ledger.db, site, 2, 0)
    expect(await lastLiveRelease(ledger.db, site)).toMatchObject({number: 1})
    await moveRelease(ledger.db, {site, number: 2}, 'planning', {state: 'removing', live_at: 4})
    expect(await lastLiveRelease(ledger.db, site)).toMatchObject({number: 2})
  })

  test('are wanted for a revision that is rendered and not live, one under way, and a path in doubt', async () => {
    expect(await sitesToRelease(ledger.db)).toEqual([])
    await addRevision(1, 'rendered')
    await addRevision(2, 'accepted')
    expect(await revisionToRelease(ledger.db, site)).toBe(1)
    expect(await sitesToRelease(ledger.db)).toEqual([site])
    await openRelease(ledger.db, site, 1, 0)
    await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'done', live_at: 1})
    expect(await sitesToRelease(ledger.db)).toEqual([])
    await markInDoubt(ledger.db, [entry('x', 1)])
    expect(await sitesToRelease(ledger.db)).toEqual([site])
  })

  test('cover the changes of every revision since the last one', async () => {
    const change = (revision: number, kind: string, subject: string) => ({site, revision, kind, subject, change: 'x'})
    await ledger.db
      .insertInto('changes')
      .values([
        change(1, 'post', 'before'),
        change(2, 'post', 'a'),
        change(3, 'post', 'a'),
        change(3, 'asset', 'b.png'),
        change(3, 'theme', ''),
        change(3, 'left', '/brief/'),
        change(4, 'settings', ''),
      ])
      .execute()
    expect(await changesBetween(ledger.db, site, 1, 3)).toEqual({
      posts: ['a'],
      pages: [],
      assets: ['b.png'],
      left: ['/brief/'],
      settings: false,
      theme: true,
      redirects: false,
    })
  })
})

describe('what a receipt tells of a release', () => {
  const planned = async (rows: {address: string; state: string; hash?: string}[]) => {
    const row = {site, release: 1, wave: 1, part: 1, kind: 'post', hash: null}
    for (const one of rows)
      await ledger.db
        .insertInto('release_outputs')
        .values({...row, ...one})
        .execute()
  }
  const live = async (set: {state?: string; uploaded?: number; removed?: number}) => {
    await addRevision(1, 'rendered')
    await openRelease(ledger.db, site, 1, 0)
    await moveRelease(ledger.db, {site, number: 1}, 'planning', {state: 'done', live_at: 1, ...set})
  }
  const refused = (code: string) => expect(releaseFacts(ledger.db, site)).rejects.toMatchObject({kind: 'invalid', code})

  test('is what it put and what it removed', async () => {
    await live({uploaded: 1, removed: 1})
    await planned([
      {address: '/a/', state: 'put', hash: 'ab'},
      {address: '/b/', state: 'removed'},
    ])
    const facts = await releaseFacts(ledger.db, site)
    expect(facts).toMatchObject({outputs: [{path: '/a/', sha256: 'ab'}], feeds: [], removed: ['/b/']})
  })

  test('is refused where something was put and not measured', async () => {
    await live({uploaded: 1})
    await planned([{address: '/a/', state: 'put'}])
    await refused('release.collected')
  })

  test('is refused where it only removed, and what that was is collected', async () => {
    await live({removed: 2})
    await refused('release.collected')
  })

  test.each(['removing', 'clearing'])('is refused while it is %s, since it would differ later', async (state) => {
    await live({state, uploaded: 1})
    await planned([{address: '/a/', state: 'put', hash: 'ab'}])
    await refused('release.unfinished')
  })
})

describe('the manifest', () => {
  test('holds what the objects have answered, and doubt until they do', async () => {
    await markInDoubt(ledger.db, [entry('a', 1), entry('b', 1)])
    expect(await addressesInDoubt(ledger.db, site)).toEqual(['/a', '/b'])
    await recordPuts(ledger.db, [entry('a', 1, 'new')])
    expect(await addressesInDoubt(ledger.db, site)).toEqual(['/b'])
    expect((await manifestAt(ledger.db, site, ['a', 'none'])).get('a')).toEqual({
      ...entry('a', 1, 'new'),
      state: 'live',
    })
  })

  test('keeps a path in doubt when an older release is answered after a newer one began to write', async () => {
    await markInDoubt(ledger.db, [entry('a', 1), entry('b', 1)])
    await markInDoubt(ledger.db, [entry('a', 2), entry('b', 2)])
    await recordPuts(ledger.db, [entry('a', 1)])
    await recordRemovals(ledger.db, site, 1, ['b'])
    expect(await addressesInDoubt(ledger.db, site)).toEqual(['/a', '/b'])
    await recordPuts(ledger.db, [entry('a', 2)])
    await recordRemovals(ledger.db, site, 2, ['b'])
    expect(await addressesInDoubt(ledger.db, site)).toEqual([])
    expect(await readManifest()).toEqual([{...entry('a', 2), state: 'live'}])
  })

  test('is read to its end, a page at a time, each entry once', async () => {
    const keys = Array.from({length: 1_203}, (_, n) => `k${String(n).padStart(4, '0')}`)
    await recordPuts(
      ledger.db,
      keys.map((key) => entry(key, 1)),
    )
    const read = await readManifest()
    expect(read.map(({key}) => key)).toEqual(keys)
    expect((await manifestAt(ledger.db, site, keys)).size).toBe(keys.length)
  })
})

test('outputs are planned once, taken part by part, and settled', async () => {
  const output = (address: string, wave: number, part: number) => ({
    site,
    release: 1,
    wave,
    part,
    address,
    kind: 'content',
    state: 'planned',
  })
  const planned = [output('/b', 1, 0), output('/a', 1, 0), output('/c', 1, 1), output('/d', 2, 0)]
  await planOutputs(ledger.db, planned)
  await settlePuts(ledger.db, [{...planned[1]!, hash: 'ab'}])
  await planOutputs(ledger.db, planned)
  const first = {site, release: 1, wave: 1, part: 0}
  expect((await outputsOfPart(ledger.db, first)).map(({address}) => address)).toEqual(['/b'])
  expect(await openParts(ledger.db, {site, release: 1, wave: 1})).toEqual([0, 1])
  await settleOutputs(ledger.db, site, 1, ['/b'], 'same')
  await settleOutputs(ledger.db, site, 1, ['/d'], 'gone')
  expect(await openParts(ledger.db, {site, release: 1, wave: 1})).toEqual([1])
  expect(await openParts(ledger.db, {site, release: 1, wave: 2})).toEqual([])
  const key = {site, release: 1, wave: 1, part: -1}
  expect([await nextOpenPart(ledger.db, key, 1), await nextOpenPart(ledger.db, {...key, part: 1}, 1)]).toEqual([
    1,
    undefined,
  ])
  expect(await nextOpenPart(ledger.db, {...key, part: 0}, 2)).toBeUndefined()
  expect([await isAnyOpen(ledger.db, key), await isAnyOpen(ledger.db, {...key, wave: 2})]).toEqual([true, false])
  expect(await outputsIn(ledger.db, site, 1, 'put')).toMatchObject([{address: '/a', hash: 'ab'}])
  expect((await outputsIn(ledger.db, site, 1, 'gone')).map(({address}) => address)).toEqual(['/d'])
  expect(await addressesPlannedAfter(ledger.db, site, 0)).toEqual(['/a', '/b', '/c', '/d'])
  expect(await addressesPlannedAfter(ledger.db, site, 1)).toEqual([])
})
