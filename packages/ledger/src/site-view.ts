import {sql, type Expression, type SqlBool} from 'kysely'
import {BroadsideError} from '@broadside/runtime'
import type {SiteSettings} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {filedUnder, type AssetFile, type LivePage, type LivePost, type Shelf, type SiteView} from '@broadside/site'
import {leftPosts} from './left-posts.ts'
import {toAssetFile, toLivePage, toLivePost} from './live-rows.ts'
import type {Db} from './open-ledger.ts'
import {prepare} from './prepare.ts'
import type {PageVersionsTable, PostVersionsTable} from './tables.ts'
import {checkWhole} from './check-whole.ts'
import {createShelfCounts, type TermShelf} from './shelf-counts.ts'
import {holdsAt} from './version-range.ts'

const chunk = 500

/**
 * The site at a rendered revision, each question one or two indexed queries. What was asked is not kept, save for
 * settings, theme, and a bounded number of counts, so that memory does not grow with the site; what a revision changes
 * is added to counts of an earlier one.
 *
 * @throws BroadsideError `revision.unknown`, `revision.collected` (invalid).
 */
export async function openSiteView(db: Db, siteName: string, number: number): Promise<SiteView> {
  const site = await db.selectFrom('sites').selectAll().where('name', '=', siteName).executeTakeFirst()
  const row = await db
    .selectFrom('revisions')
    .select(['settings_hash', 'theme_hash', 'shows', 'state'])
    .where('site', '=', siteName)
    .where('number', '=', number)
    .executeTakeFirst()
  if (site === undefined || row === undefined) {
    throw new BroadsideError('invalid', 'revision.unknown', `there is no revision ${number} of ${siteName}`)
  }
  const revision = row.shows ?? number
  checkWhole(site, revision)
  const settings = JSON.parse(await readText(db, row.settings_hash)) as SiteSettings
  const themeFiles = new Map(Object.entries(JSON.parse(await readText(db, row.theme_hash)) as Record<string, string>))

  const left = leftPosts(db, siteName, revision)
  const livePosts = () =>
    db
      .selectFrom('post_versions as p')
      .selectAll('p')
      .where('p.site', '=', siteName)
      .where('p.status', '=', 'live')
      .where(holdsAt('p', revision))
  const pagesHere = () =>
    db.selectFrom('page_versions as g').selectAll('g').where('g.site', '=', siteName).where(holdsAt('g', revision))
  const assetsHere = () =>
    db
      .selectFrom('asset_versions as a')
      .leftJoin('images as i', 'i.hash', 'a.hash')
      .select(['a.path', 'a.hash', 'a.size', 'i.facts', 'i.failed'])
      .where('a.site', '=', siteName)
      .where(holdsAt('a', revision))
  const aliasesIn = (kind: 'post' | 'page', owners: string[]) =>
    db
      .selectFrom('aliases as l')
      .select(['l.owner', 'l.address'])
      .where('l.site', '=', siteName)
      .where('l.kind', '=', kind)
      .where('l.owner', 'in', owners)
      .where(holdsAt('l', revision))
      .orderBy('l.address')
  const aliasesOf = async (kind: 'post' | 'page', owners: string[]): Promise<Map<string, string[]>> => {
    const found = new Map<string, string[]>(owners.map((owner) => [owner, []]))
    if (owners.length === 0) return found
    for (const {owner, address} of await aliasesIn(kind, owners).execute()) found.get(owner)!.push(address)
    return found
  }
  const posts = async (rows: PostVersionsTable[]): Promise<LivePost[]> => {
    const aliases = await aliasesOf(
      'post',
      rows.map(({id}) => id),
    )
    return rows.map((post) => toLivePost(post, aliases.get(post.id)!))
  }
  const pages = async (rows: PageVersionsTable[]): Promise<LivePage[]> => {
    const aliases = await aliasesOf(
      'page',
      rows.map(({path}) => path),
    )
    return rows.map((page) => toLivePage(page, aliases.get(page.path)!))
  }
  const aliasesOfPost = prepare(db, (id) => aliasesIn('post', [id]))
  const aliasesOfPage = prepare(db, (path) => aliasesIn('page', [path]))
  const addressesOf = (aliases: {address: string}[]) => aliases.map(({address}) => address)
  const onePost = async ([row]: PostVersionsTable[]) => row && toLivePost(row, addressesOf(await aliasesOfPost(row.id)))
  const onePage = async ([row]: PageVersionsTable[]) =>
    row && toLivePage(row, addressesOf(await aliasesOfPage(row.path)))

  // What each reference of a text asks, and each output that is built.
  const postById = prepare(db, (id) => livePosts().where('p.id', '=', id))
  const postByPath = prepare(db, (path) => livePosts().where('p.path', '=', path))
  const postByAddress = prepare(db, (address) => livePosts().where('p.address', '=', address))
  const pageByPath = prepare(db, (path) => pagesHere().where('g.path', '=', path))
  const pageByAddress = prepare(db, (address) => pagesHere().where('g.address', '=', address))
  const ownersOf = (kind: 'post' | 'page', alias: string) =>
    db
      .selectFrom('aliases as l')
      .select('l.owner')
      .where('l.site', '=', siteName)
      .where('l.address', '=', alias)
      .where('l.kind', '=', kind)
      .where(holdsAt('l', revision))
  const postByAlias = prepare(db, (alias) =>
    livePosts().where('p.id', 'in', ownersOf('post', alias)).orderBy('p.date').orderBy('p.id').limit(1),
  )
  const pageByAlias = prepare(db, (alias) =>
    pagesHere().where('g.path', 'in', ownersOf('page', alias)).orderBy('g.path').limit(1),
  )
  const redirectByAddress = prepare(db, (address) =>
    redirectsAt(db, siteName, revision).where('r.from_address', '=', address),
  )
  const assetByPath = prepare(db, (path) => assetsHere().where('a.path', '=', path))
  const fragmentAt = prepare(db, (key) => db.selectFrom('fragments').select('body').where('key', '=', key))
  const sourceOf = prepare(db, (id) =>
    livePosts()
      .clearSelect()
      .innerJoin('texts as s', 's.hash', 'p.source_hash')
      .select('s.body')
      .where('p.id', '=', id),
  )

  async function* allPosts(from: ReturnType<typeof livePosts>) {
    for (let last = {date: Number.MIN_SAFE_INTEGER, id: ''}; ;) {
      const rows = await from
        .where(sql<boolean>`(p.date, p.id) > (${last.date}, ${last.id})`)
        .orderBy('p.date')
        .orderBy('p.id')
        .limit(chunk)
        .execute()
      yield* await posts(rows)
      if (rows.length < chunk) return
      last = rows.at(-1)!
    }
  }
  async function* allPages(from: ReturnType<typeof pagesHere>) {
    for (let last = ''; ;) {
      const rows = await from.where('g.path', '>', last).orderBy('g.path').limit(chunk).execute()
      yield* await pages(rows)
      if (rows.length < chunk) return
      last = rows.at(-1)!.path
    }
  }

  /** The terms of a tag, author or series: each stands for a live post, with its day, so that posts need no look. */
  const termsOf = ({kind, key}: TermShelf) =>
    db
      .selectFrom('post_terms as t')
      .where('t.site', '=', siteName)
      .where('t.kind', '=', kind)
      .where('t.key', '=', key)
      .where(holdsAt('t', revision))
  const termsIn = (shelf: TermShelf, period: string) =>
    period === '' ? termsOf(shelf) : termsOf(shelf).where(datesAround('t.date', period)).where(dayIn('t.day', period))
  const postsIn = (shelf: Shelf, period: string) => {
    if (shelf.kind !== 'all') return livePosts().where('p.id', 'in', termsIn(shelf, period).select('t.post'))
    return period === '' ? livePosts() : livePosts().where(dayIn('p.day', period))
  }
  const asked = {site: siteName, id: site.id, revision, isRendered: row.state === 'rendered'}
  const shelfCounts = createShelfCounts(db, asked, {postsIn, termsIn})

  return {
    settings,
    site: {
      name: site.name,
      siteUrl: site.site_url,
      audienceUrl: site.audience_url,
      ...(site.preview_of === null ? {} : {isPreview: true as const}),
    },
    themeFiles,

    post: async (id) => onePost(await postById(id)),
    postFrom: async (path) => onePost(await postByPath(path)),
    postAt: async (address) => onePost(await postByAddress(address)),
    pageFrom: async (path) => onePage(await pageByPath(path)),
    pageAt: async (address) => onePage(await pageByAddress(address)),
    async aliasAt(address) {
      const [post] = await postByAlias(address)
      return post?.address ?? (await pageByAlias(address))[0]?.address
    },
    async redirectFrom(address) {
      return (await redirectByAddress(address))[0] ?? (await left.redirects(address))[0]
    },
    wasLiveAt: left.wasLiveAt,
    leftAddresses: left.addressesOf,

    async newest(shelf, limit) {
      const all = livePosts().orderBy('p.date', 'desc').orderBy('p.id', 'desc')
      if (shelf.kind === 'all') return posts(await all.limit(limit).execute())
      const filed = termsOf(shelf).select('t.post').orderBy('t.date', 'desc').orderBy('t.post', 'desc').limit(limit)
      return posts(await all.where('p.id', 'in', filed).execute())
    },
    async neighbours({id, date}, limit) {
      const newer = await livePosts()
        .where(sql<boolean>`(p.date, p.id) > (${date}, ${id})`)
        .orderBy('p.date')
        .orderBy('p.id')
        .limit(limit)
        .execute()
      const older = await livePosts()
        .where(sql<boolean>`(p.date, p.id) < (${date}, ${id})`)
        .orderBy('p.date', 'desc')
        .orderBy('p.id', 'desc')
        .limit(limit)
        .execute()
      const both = await posts([...newer, ...older])
      return {newer: both.slice(0, newer.length), older: both.slice(newer.length)}
    },
    ...shelfCounts,
    async inPeriod(shelf, period) {
      return posts(await postsIn(shelf, period).orderBy('p.date', 'desc').orderBy('p.id', 'desc').execute())
    },
    async linkingTo(targets) {
      const owners = (kind: string) =>
        db
          .selectFrom('links as k')
          .select('k.owner')
          .distinct()
          .where('k.site', '=', siteName)
          .where('k.kind', '=', kind)
          .where('k.target', 'in', targets.flatMap(filedUnder))
          .where(holdsAt('k', revision))
      if (targets.length === 0) return {posts: [], pages: []}
      return {
        posts: await posts(await livePosts().where('p.id', 'in', owners('post')).execute()),
        pages: await pages(await pagesHere().where('g.path', 'in', owners('page')).execute()),
      }
    },

    async asset(path) {
      const [row] = await assetByPath(path)
      return row && toAssetFile(row)
    },
    async assetsByHash(prefix) {
      const rows = await assetsHere().where('a.hash', '>=', prefix).where('a.hash', '<', `${prefix}g`).execute()
      return rows.map(toAssetFile)
    },
    async source(id) {
      return (await sourceOf(id))[0]?.body
    },
    async fragment(key) {
      const [found] = await fragmentAt(key)
      return found === undefined ? undefined : (JSON.parse(found.body) as Fragment)
    },
    async redirects() {
      const lines = await redirectsAt(db, siteName, revision).execute()
      const taken = new Set(lines.map(({from}) => from))
      return [...lines, ...(await left.redirects()).filter(({from}) => !taken.has(from))]
    },

    posts: () => allPosts(livePosts()),
    pages: () => allPages(pagesHere()),
    async *referring() {
      yield* allPosts(livePosts().where(refersToSomething('p')))
      yield* allPages(pagesHere().where(refersToSomething('g')))
    },
    async *assets(): AsyncGenerator<AssetFile> {
      for (let last = ''; ;) {
        const rows = await assetsHere().where('a.path', '>', last).orderBy('a.path').limit(chunk).execute()
        yield* rows.map(toAssetFile)
        if (rows.length < chunk) return
        last = rows.at(-1)!.path
      }
    },
    allLeft: left.addresses,
  }
}

/** By the text of the JSON: as a part of a string it would stand there with its quotes escaped. */
function refersToSomething(version: string): Expression<SqlBool> {
  const [key, meta] = [sql.ref(`${version}.fragment_key`), sql.ref(`${version}.meta`)]
  return sql<SqlBool>`(exists (select 1 from fragments as f where f.key = ${key} and instr(f.body, '"refs":[]') = 0) or instr(${meta}, '"image":') > 0 or instr(${meta}, '"audio":') > 0)`
}

const dayMs = 86_400_000

/** What starts on a day of the period, which a column of days tells exactly. */
function dayIn(column: string, period: string): Expression<SqlBool> {
  const day = sql.ref(column)
  return sql<SqlBool>`${day} >= ${period} and ${day} < ${`${period}~`} and (${day} = ${period} or ${day} like ${`${period}-%`})`
}

/** The instants that can be on a day of the period in some timezone, for an index that is in the order of instants. */
function datesAround(column: string, period: string): Expression<SqlBool> {
  const start = Date.parse(period)
  if (Number.isNaN(start)) return sql<SqlBool>`1 = 1`
  const days = period.length === 4 ? 366 : period.length === 7 ? 31 : 1
  const date = sql.ref(column)
  return sql<SqlBool>`${date} >= ${start - dayMs} and ${date} < ${start + (days + 1) * dayMs}`
}

function redirectsAt(db: Db, site: string, revision: number) {
  return db
    .selectFrom('redirect_versions as r')
    .select(['r.from_address as from', 'r.to_address as to'])
    .where('r.site', '=', site)
    .where(holdsAt('r', revision))
}

async function readText(db: Db, hash: string): Promise<string> {
  const row = await db.selectFrom('texts').select('body').where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) throw new BroadsideError('bug', 'ledger.text-missing', `the ledger lacks the text ${hash}`)
  return row.body
}
