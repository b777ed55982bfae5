import fc from 'fast-check'
import {expect, test} from 'vitest'
import {defaultSettings} from '@broadside/content'
import type {Fragment, Ref} from '@broadside/markdown'
import {createArrayView, linkTargets, termsOf, type AssetFile, type LivePage, type LivePost} from '@broadside/site'
import type {Redirect, Shelf, SiteView} from '@broadside/site'
import {seedFor, testSize} from '@broadside/testkit/test-size'
import {ensurePreview, ensureSite, openEnd, openLedger, openSiteView, setSiteState} from './index.ts'
import type {Db, Ledger} from './index.ts'

const name = 'ledger: views against arrays'
const site = {name: 'notes', siteUrl: 'https://notes.example/', audienceUrl: 'https://mail.example/'}
const settings = {...defaultSettings('notes'), title: 'Notes', authors: {ada: {name: 'Ada'}}}
const themeFiles = new Map([['style.css', 'p {}']])

type Left = {id: string; path: string; addresses: string[]; redirectTo?: string}

type Site = {
  posts: LivePost[]
  pages: LivePage[]
  assets: AssetFile[]
  redirects: Redirect[]
  left: Left[]
  sources: Map<string, string>
  fragments: Map<string, Fragment>
}

const days = ['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01', '2026-11-02']
const words = ['red', 'Red', 'blue', 'größe', '😀', 'Ünï cødé', '']
const targets = ['p0.md', 'p1', '/posts/p2/', '../pages/g0.md', 'image.png', '/x/', 'p3.md#part', 'https://a.example/']
const inMeta = [{series: {name: 'Red', order: 2}}, {series: {name: 'blue'}}, {image: 'image.png'}, {image: '/x/'}]
const hash = (n: number): string => `${n % 3}`.repeat(12) + String(n).padStart(52, '0')

const fragmentOf = (urls: string[]): Fragment =>
  ({refs: urls.map((url): Partial<Ref> => ({url})), excerpt: 'E', words: 2}) as unknown as Fragment

/** Sites whose posts share days, instants, tags, aliases and targets as often as not. */
const sites: fc.Arbitrary<Site> = fc
  .record({
    posts: fc.uniqueArray(fc.nat({max: 12}), {maxLength: 12}),
    pages: fc.uniqueArray(fc.nat({max: 3}), {maxLength: 4}),
    assets: fc.uniqueArray(fc.nat({max: 6}), {maxLength: 6}),
    redirects: fc.uniqueArray(fc.nat({max: 3}), {maxLength: 3}),
    left: fc.uniqueArray(fc.nat({max: 3}), {maxLength: 3}),
    seed: fc.infiniteStream(fc.nat({max: 1_000})),
  })
  .map(({posts, pages, assets, redirects, left, seed}) => {
    const next = (size: number): number => (seed.next().value as number) % size
    const some = <Value>(values: Value[]): Value[] => values.filter(() => next(3) === 0)
    const fragments = new Map<string, Fragment>()
    const fragmentKey = (key: string): string => {
      fragments.set(key, fragmentOf(some(targets)))
      return key
    }
    const sources = new Map<string, string>()
    const aliases = (): string[] => some(['/old/', '/older/', '/gone/']).toSorted()
    return {
      posts: posts.map((n): LivePost => {
        const day = days[next(days.length)]!
        const id = hash(n * 7).slice(0, 20) + String(n).padStart(12, '0')
        sources.set(id, `Source ${n}.${next(2)}`)
        return {
          id,
          path: `posts/p${n}.md`,
          address: `/posts/p${n}/`,
          aliases: aliases(),
          meta: {title: `Post ${n}`, tags: some(words), authors: some(['ada', 'Grace']), ...some(inMeta)[0]},
          date: Date.parse(day) + next(3),
          updated: next(2) === 0 ? undefined : Date.parse(day) + next(90_000_000),
          day,
          fragmentKey: fragmentKey(`post ${n}`),
          excerpt: `Excerpt ${n}`,
          words: n,
        }
      }),
      pages: pages.map((n) => ({
        path: `pages/g${n}.md`,
        address: `/g${n}/`,
        aliases: aliases(),
        meta: {title: `Page ${n}`, ...some([{image: 'image.png'}])[0]},
        updated: next(2) === 0 ? undefined : next(90_000),
        fragmentKey: fragmentKey(`page ${n}`),
      })),
      assets: assets.map((n) => ({path: `assets/f${n}.png`, hash: hash(n), size: n})),
      redirects: redirects.map((n) => ({from: `/r${n}/`, to: `/posts/p${n}/`})),
      left: left.map((n) => ({
        id: `left${n}`,
        path: `posts/left${n}.md`,
        addresses: ['/r1/', '/r2/', `/left${n}/`].slice(next(3)).toSorted(),
        ...some([{redirectTo: '/x/'}, {redirectTo: 'https://a.example/'}])[0],
      })),
      sources,
      fragments,
    }
  })

/** Writes what a revision would: everything holds from `from`, and what `before` had ends there. */
async function write(db: Db, revision: number, written: Site): Promise<void> {
  const {posts, pages, assets, redirects, left, sources, fragments} = written
  const range = {from_revision: revision, to_revision: openEnd}
  const at = {site: site.name, ...range}
  for (const table of [
    'post_versions',
    'post_terms',
    'page_versions',
    'aliases',
    'links',
    'asset_versions',
    'redirect_versions',
  ] as const) {
    await db
      .updateTable(table as 'links')
      .set({to_revision: revision})
      .where('to_revision', '=', openEnd)
      .execute()
  }
  const owned = async (kind: 'post' | 'page', owner: string, one: LivePost | LivePage): Promise<void> => {
    for (const address of one.aliases) await insert(db, 'aliases', {...at, kind, owner, address})
    for (const target of linkTargets(one.path, fragments.get(one.fragmentKey)!, one.meta)) {
      await insert(db, 'links', {...at, kind, owner, target})
    }
  }
  for (const post of posts) {
    const {id, path, address, date, day, fragmentKey, excerpt, words: count} = post
    const source = sources.get(id)!
    const row = {...at, id, path, address, date, day, excerpt, words: count, expires: null, source_hash: source}
    await insert(db, 'texts', {hash: source, body: source})
    await insert(db, 'post_versions', {
      ...row,
      status: 'live',
      fragment_key: fragmentKey,
      meta: JSON.stringify(post.meta),
      updated: post.updated ?? null,
    })
    for (const kind of ['tag', 'author', 'series'] as const) {
      for (const {key, label} of termsOf(post, kind)) {
        await insert(db, 'post_terms', {...at, kind, key, label, post: id, date, day})
      }
    }
    await owned('post', id, post)
  }
  for (const {id, path, addresses, redirectTo} of left) {
    const meta = JSON.stringify({title: 'Left', ...(redirectTo === undefined ? {} : {redirectTo})})
    const row = {...at, id, path, status: 'expired', address: addresses[0], date: 0, day: '1970-01-01', excerpt: ''}
    const rest = {words: 0, expires: 1, source_hash: 's', fragment_key: 'none', meta, updated: null}
    await insert(db, 'post_versions', {...row, ...rest})
    for (const address of addresses) {
      await insert(db, 'post_addresses', {site: site.name, post: id, address, since_revision: revision})
    }
  }
  for (const page of pages) {
    const {path, address, fragmentKey, updated = null} = page
    const row = {...at, path, address, source_hash: 's', fragment_key: fragmentKey, updated}
    await insert(db, 'page_versions', {...row, meta: JSON.stringify(page.meta)})
    await owned('page', path, page)
  }
  for (const asset of assets) await insert(db, 'asset_versions', {...at, ...asset})
  for (const {from, to} of redirects) {
    await insert(db, 'redirect_versions', {...at, from_address: from, to_address: to, status: 301})
  }
  for (const [key, fragment] of fragments) await insert(db, 'fragments', {key, body: JSON.stringify(fragment)})
  for (const [key, value] of [['settings', settings] as const, ['theme', Object.fromEntries(themeFiles)] as const]) {
    await insert(db, 'texts', {hash: key, body: JSON.stringify(value)})
  }
  const hashes = {settings_hash: 'settings', theme_hash: 'theme', urls: '[]'}
  const state = {commit_id: 'c', as_of: 0, cause: 'push', state: 'rendered', summary: '{}'}
  await insert(db, 'revisions', {
    site: site.name,
    number: revision,
    ...hashes,
    ...state,
    accepted_at: 0,
    rendered_at: 0,
  })
}

/** As a revision does: of each post that is not as it was. */
async function writeChanges(db: Db, revision: number, before: LivePost[], after: LivePost[]): Promise<void> {
  const texts = (posts: LivePost[]) => new Map(posts.map((post) => [post.id, JSON.stringify(post)]))
  const [was, is] = [texts(before), texts(after)]
  for (const subject of new Set([...was.keys(), ...is.keys()])) {
    const row = {site: site.name, revision, kind: 'post', subject, change: 'updated'}
    if (was.get(subject) !== is.get(subject)) await insert(db, 'changes', row)
  }
}

async function insert(db: Db, table: string, row: object): Promise<void> {
  await db
    .insertInto(table as 'links')
    .values(row as never)
    .onConflict((c) => c.doNothing())
    .execute()
}

const shelves: Shelf[] = [
  {kind: 'all'},
  ...['red', 'blue', 'größe', '😀', 'none'].map((key): Shelf => ({kind: 'tag', key})),
  ...['ada', 'grace'].map((key): Shelf => ({kind: 'author', key})),
  ...['red', 'blue'].map((key): Shelf => ({kind: 'series', key})),
]
const periods = ['', '2025', '2026', '2026-01', '2026-02', '2026-01-31', '2026-1', '202']

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = []
  for await (const value of values) found.push(value)
  return found
}
const byPath = <Value extends {path: string}>(values: Value[]): Value[] =>
  values.toSorted((a, b) => (a.path < b.path ? -1 : 1))

/** Every question of the port, asked of everything there is and of what is not there. */
async function answers(view: SiteView, {posts, pages, assets}: Site): Promise<unknown> {
  const asked: Record<string, unknown> = {
    settings: view.settings,
    site: view.site,
    themeFiles: [...view.themeFiles],
    redirects: (await view.redirects()).toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    posts: await all(view.posts()),
    pages: byPath(await all(view.pages())),
    referring: byPath(await all(view.referring())),
    assets: byPath(await all(view.assets())),
  }
  for (const post of [...posts, {id: 'none', path: 'none', address: '/none/', date: 1}]) {
    const {id, path, address} = post
    asked[`post ${id}`] = [await view.post(id), await view.postFrom(path), await view.postAt(address)]
    asked[`source ${id}`] = await view.source(id)
    asked[`neighbours ${id}`] = [await view.neighbours(post, 1), await view.neighbours(post, 5)]
  }
  for (const {path, address} of [...pages, {path: 'none', address: '/none/'}]) {
    asked[`page ${path}`] = [await view.pageFrom(path), await view.pageAt(address)]
  }
  for (const {path, hash: full} of [...assets, {path: 'none', hash: 'f'.repeat(64)}]) {
    asked[`asset ${path}`] = [await view.asset(path), byPath(await view.assetsByHash(full.slice(0, 12)))]
  }
  for (const address of ['/old/', '/older/', '/gone/', '/none/'])
    asked[`alias ${address}`] = await view.aliasAt(address)
  for (const address of ['/r0/', '/r1/', '/r2/', '/left1/', '/none/']) {
    asked[`redirect ${address}`] = [await view.redirectFrom(address), await view.wasLiveAt(address)]
  }
  for (const id of ['left0', 'left1', 'none']) asked[`left ${id}`] = await view.leftAddresses(id)
  asked['left'] = (await all(view.allLeft())).toSorted()
  for (const shelf of shelves) {
    for (const period of periods) {
      asked[`${JSON.stringify(shelf)} ${period}`] = [
        await view.count(shelf, period),
        await view.inPeriod(shelf, period),
        period.length === 4 || period.length === 7 || period === '' ? await view.periodsOf(shelf, period) : [],
      ]
    }
    asked[`newest ${JSON.stringify(shelf)}`] = [await view.newest(shelf, 3), await view.newest(shelf, 100)]
  }
  for (const kind of ['tag', 'author', 'series'] as const) {
    asked[kind] = [await view.terms(kind), await view.terms(kind, 2)]
    for (const key of ['red', 'größe', 'ada', 'none']) asked[`${kind} ${key}`] = await view.term(kind, key)
  }
  for (const target of [['posts/p0.md'], ['/posts/p2/', 'posts/p1', 'pages/g0.md'], ['posts/image.png'], []]) {
    const {posts: linking, pages: pagesLinking} = await view.linkingTo(target)
    asked[`linking ${target.join(' ')}`] = [byPath(linking), byPath(pagesLinking)]
  }
  asked['fragment'] = [await view.fragment(posts[0]?.fragmentKey ?? 'none'), await view.fragment('none')]
  return asked
}

/** What the last of these revisions knows: addresses stay in memory, and redirects are those of its own posts. */
function remembered(revisions: Site[]): Left[] {
  const byId = new Map<string, Left>()
  for (const {left} of revisions) {
    for (const [id, {path, addresses}] of byId) byId.set(id, {id, path, addresses})
    for (const one of left) {
      const before = byId.get(one.id)?.addresses ?? []
      byId.set(one.id, {...one, addresses: [...new Set([...before, ...one.addresses])]})
    }
  }
  return [...byId.values()]
}

async function withLedger(work: (ledger: Ledger) => Promise<void>): Promise<void> {
  const ledger = await openLedger('sqlite::memory:')
  try {
    const row = {name: site.name, remote: '/r', branch: 'main', site_url: site.siteUrl, audience_url: site.audienceUrl}
    await ensureSite(ledger.db, row, {id: 'a', now: 0})
    await work(ledger)
  } finally {
    await ledger.close()
  }
}

test('a view of the ledger answers each question as arrays do, at every revision, whatever was accepted since', async () => {
  await fc.assert(
    fc.asyncProperty(sites, sites, async (first, second) => {
      const fragments = new Map([...second.fragments, ...first.fragments])
      const revisions = [first, second].map((one) => ({...one, fragments}))
      await withLedger(async (ledger) => {
        for (const [n, one] of revisions.entries()) {
          await ledger.transaction(async (db) => {
            await write(db, n + 1, one)
            await writeChanges(db, n + 1, revisions[n - 1]?.posts ?? [], one.posts)
          })
        }
        for (const [n, one] of revisions.entries()) {
          const left = remembered(revisions.slice(0, n + 1))
          const expected = await answers(createArrayView({settings, site, themeFiles, ...one, left}), one)
          expect(await answers(await openSiteView(ledger.db, site.name, n + 1), one)).toEqual(expected)
        }
      })
    }),
    {numRuns: testSize(name), seed: seedFor(name)},
  )
}, 300_000)

test('counts that were asked for once are not counted again after a push, and one that nothing tells is', async () => {
  const drawn = fc.sample(sites, {numRuns: 50, seed: 1})
  const one = drawn.find(({posts}) => new Set(posts.map(({date, updated}) => updated ?? date)).size > 3)!
  const newest = one.posts.reduce((a, b) => ((a.updated ?? a.date) > (b.updated ?? b.date) ? a : b))
  const edited = {...newest, updated: 9e12, meta: {...newest.meta, title: 'Edited'}}
  const after = {...one, posts: one.posts.map((post) => (post === newest ? edited : post))}
  const without = {...one, posts: one.posts.filter(({id}) => id !== newest.id)}
  await withLedger(async ({db}) => {
    const asked: string[] = []
    const ask = async (revision: number) => {
      const view = await openSiteView(db, site.name, revision)
      asked.length = 0
      await view.count({kind: 'all'}, '')
      await view.terms('tag')
      return view.periodsOf({kind: 'all'}, '')
    }
    const {executeQuery} = db.getExecutor()
    db.getExecutor().executeQuery = async function (query, ...rest) {
      asked.push(query.sql)
      return executeQuery.call(this, query, ...rest) as never
    }
    const counting = () => asked.filter((query) => query.includes('count(*)')).length
    for (const [n, revision] of [one, after, without].entries()) {
      await write(db, n + 1, revision)
      await writeChanges(db, n + 1, [[], one.posts, after.posts][n]!, revision.posts)
    }
    await ask(1)
    expect(counting()).toBe(3)
    expect(Math.max(...(await ask(2)).map(({changedAt}) => changedAt!))).toBe(9e12)
    expect(counting()).toBe(0)
    await ask(3)
    expect(counting()).toBeGreaterThan(0)
  })
})

test('a site and its preview have counts of their own, also at revisions of one number', async () => {
  const [one] = fc.sample(sites, {numRuns: 50, seed: 1}).filter(({posts}) => posts.length > 3)
  await withLedger(async ({db}) => {
    await write(db, 1, one!)
    const row = await db.selectFrom('sites').selectAll().executeTakeFirstOrThrow()
    const preview = await ensurePreview(db, row, 'draft', 0)
    const revision = await db.selectFrom('revisions').selectAll().executeTakeFirstOrThrow()
    await insert(db, 'revisions', {...revision, site: preview.name})
    const counts = async (name: string) => {
      const view = await openSiteView(db, name, 1)
      return {count: await view.count({kind: 'all'}, ''), years: (await view.periodsOf({kind: 'all'}, '')).length}
    }
    expect(await counts(site.name)).toMatchObject({count: one!.posts.length})
    expect(await counts(preview.name)).toEqual({count: 0, years: 0})
  })
})

test('a preview that is back is not told what was counted of the one before it', async () => {
  const [one] = fc.sample(sites, {numRuns: 50, seed: 1}).filter(({posts}) => posts.length > 3)
  await withLedger(async ({db}) => {
    await write(db, 1, one!)
    const row = await db.selectFrom('sites').selectAll().executeTakeFirstOrThrow()
    const revision = await db.selectFrom('revisions').selectAll().executeTakeFirstOrThrow()
    const versions = await db.selectFrom('post_versions').selectAll().execute()
    const counts = async (posts: number) => {
      const preview = await ensurePreview(db, row, 'draft', 0)
      await insert(db, 'revisions', {...revision, site: preview.name, state: 'rendered'})
      for (const version of versions.slice(0, posts))
        await insert(db, 'post_versions', {...version, site: preview.name})
      const count = await (await openSiteView(db, preview.name, 1)).count({kind: 'all'}, '')
      await setSiteState(db, preview.name, 'removed')
      return count
    }
    expect(await counts(3)).toBe(3)
    expect(await counts(1)).toBe(1)
  })
})

test('a revision that is not there has no view', async () => {
  await withLedger(async (ledger) => {
    await expect(openSiteView(ledger.db, site.name, 1)).rejects.toMatchObject({code: 'revision.unknown'})
  })
})
