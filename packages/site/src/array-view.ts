import type {Fragment} from '@broadside/markdown'
import {filedUnder, linkTargets, metaRefs, type MetaFiles} from './link-targets.ts'
import {byDateAndId, neighboursIn} from './order-of-time.ts'
import {indexShelves} from './shelf-index.ts'
import type {AssetFile, LivePage, LivePost, Redirect, SiteView} from './site-view.ts'

export type ArrayViewInput = Pick<SiteView, 'settings' | 'site'> & {
  themeFiles?: Map<string, string>
  posts: LivePost[]
  pages?: LivePage[]
  assets?: AssetFile[]
  redirects?: Redirect[]
  /** What memory has of posts that are not live. */
  left?: {id: string; path?: string; addresses: string[]; redirectTo?: string}[]
  /** The files of the posts as written, by the post's id. */
  sources?: ReadonlyMap<string, string>
  /** By key; those of all posts and pages. */
  fragments: ReadonlyMap<string, Fragment>
}

/**
 * A view over arrays: the reference that any other must answer like, and what a site without a ledger uses. The arrays
 * belong to the view from here on. Each index is made for the first question that needs it, since most views of a
 * working tree are asked for one page.
 */
export function createArrayView(input: ArrayViewInput): SiteView {
  const {settings, site, themeFiles = new Map<string, string>(), pages = [], assets = [], left = []} = input
  const posts = input.posts.toSorted(byDateAndId)
  const shelves = once(() => indexShelves(posts.toReversed()))
  const positions = new Map(posts.map(({id}, position) => [id, position]))
  const postsByPath = new Map(posts.map((post) => [post.path, post]))
  const postsByAddress = new Map(posts.map((post) => [post.address, post]))
  const pagesByPath = new Map(pages.map((page) => [page.path, page]))
  const pagesByAddress = new Map(pages.map((page) => [page.address, page]))
  const aliases = once(() => indexAliases(posts, pages))
  const redirects = withLeft(input.redirects ?? [], left)
  const leftById = new Map(left.map(({id, addresses}) => [id, addresses]))
  const leftAddresses = new Set(left.flatMap(({addresses}) => addresses))
  const redirectsByFrom = new Map(redirects.map((redirect) => [redirect.from, redirect]))
  const assetsByPath = new Map(assets.map((asset) => [asset.path, asset]))
  const assetsByHash = Map.groupBy(assets, ({hash}) => hash.slice(0, 12))
  const linkingPosts = once(() => indexTargets(posts, input.fragments))
  const linkingPages = once(() => indexTargets(pages, input.fragments))

  return {
    settings,
    site,
    themeFiles,
    post: async (id) => posts[positions.get(id) ?? -1],
    postFrom: async (path) => postsByPath.get(path),
    postAt: async (address) => postsByAddress.get(address),
    pageFrom: async (path) => pagesByPath.get(path),
    pageAt: async (address) => pagesByAddress.get(address),
    aliasAt: async (address) => aliases().get(address),
    redirectFrom: async (address) => redirectsByFrom.get(address),
    wasLiveAt: async (address) => leftAddresses.has(address),
    leftAddresses: async (id) => (leftById.get(id) ?? []).toSorted(),
    newest: async (shelf, limit) => shelves().newest(shelf, limit),
    count: async (shelf, period) => shelves().count(shelf, period),
    inPeriod: async (shelf, period) => shelves().inPeriod(shelf, period),
    periodsOf: async (shelf, period) => shelves().periodsOf(shelf, period),
    terms: async (kind, limit) => shelves().terms(kind, limit),
    term: async (kind, key) => shelves().term(kind, key),
    neighbours: async (place, limit) => neighboursIn(posts, place, limit),
    linkingTo: async (targets) => ({
      posts: [...new Set(targets.flatMap(filedUnder).flatMap((name) => linkingPosts().get(name) ?? []))],
      pages: [...new Set(targets.flatMap(filedUnder).flatMap((name) => linkingPages().get(name) ?? []))],
    }),
    asset: async (path) => assetsByPath.get(path),
    assetsByHash: async (prefix) => assetsByHash.get(prefix) ?? [],
    source: async (id) => input.sources?.get(id),
    fragment: async (key) => input.fragments.get(key),
    redirects: async () => redirects,
    posts: () => each(posts),
    pages: () => each(pages),
    referring: () => each([...posts, ...pages].filter((source) => refers(source, input.fragments))),
    assets: () => each(assets),
    allLeft: () => each([...leftAddresses]),
  }
}

function refers({fragmentKey, meta}: LivePost | LivePage, fragments: ReadonlyMap<string, Fragment>): boolean {
  return (fragments.get(fragmentKey)?.refs.length ?? 0) > 0 || metaRefs(meta).length > 0
}

/** Lines of redirects.yaml go before front matter, and of posts at one address the smallest id counts. */
function withLeft(lines: Redirect[], left: NonNullable<ArrayViewInput['left']>): Redirect[] {
  const byFrom = new Map(lines.map((line) => [line.from, line]))
  for (const {addresses, redirectTo, path} of left.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (redirectTo === undefined) continue
    for (const from of addresses) {
      if (!byFrom.has(from)) byFrom.set(from, {from, to: redirectTo, ...(path === undefined ? {} : {file: path})})
    }
  }
  return [...byFrom.values()]
}

/** Posts come before pages, the oldest first; whoever comes first keeps an address that several had. */
function indexAliases(posts: LivePost[], pages: LivePage[]): Map<string, string> {
  const index = new Map<string, string>()
  for (const {address, aliases} of [...posts, ...pages.toSorted((a, b) => (a.path < b.path ? -1 : 1))])
    for (const alias of aliases) if (!index.has(alias)) index.set(alias, address)
  return index
}

function indexTargets<Source extends {path: string; fragmentKey: string; meta: MetaFiles}>(
  sources: Source[],
  fragments: ReadonlyMap<string, Fragment>,
): Map<string, Source[]> {
  const index = new Map<string, Source[]>()
  for (const source of sources) {
    const fragment = fragments.get(source.fragmentKey)
    for (const target of fragment === undefined ? [] : targetsOf(source, fragment)) {
      const own = index.get(target)
      if (own === undefined) index.set(target, [source])
      else own.push(source)
    }
  }
  return index
}

const keptTargets = new WeakMap<object, {fragment: Fragment; targets: string[]}>()

/** Views that follow each other have most of their posts in common. */
function targetsOf(source: {path: string; meta: MetaFiles}, fragment: Fragment): string[] {
  const found = keptTargets.get(source)
  if (found?.fragment === fragment) return found.targets
  const targets = linkTargets(source.path, fragment, source.meta)
  keptTargets.set(source, {fragment, targets})
  return targets
}

function once<Value>(make: () => Value): () => Value {
  let made: {value: Value} | undefined
  return () => (made ??= {value: make()}).value
}

async function* each<T>(values: T[]): AsyncIterable<T> {
  yield* values
}
