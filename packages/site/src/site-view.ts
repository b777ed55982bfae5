import type {Audio, Instant, SiteSettings} from '@broadside/content'
import type {ImageFacts} from '@broadside/images'
import type {Fragment} from '@broadside/markdown'

/** What front matter says about a live post, as far as outputs show it; `PostMeta` fits. */
export type LiveMeta = {
  title: string
  description?: string
  /** As the author spells them; `termKey` makes the key under which a tag is filed. */
  tags: string[]
  /** Keys of `settings.authors`, or plain names. */
  authors: string[]
  canonical?: string
  /** BCP 47, where the post is in another language than the site. */
  language?: string
  series?: {name: string; order?: number}
  /** Path beside the post, address from `/`, or absolute URL. */
  image?: string
  imageAlt?: string
  audio?: Audio
  /** The id by which feeds of another tool knew it. */
  feedId?: string
  /** Its headings are listed before its text. */
  contents?: true
}

export type LivePost = {
  /** Permanent, 32 hex digits. */
  id: string
  /** In the site's repository: `posts/2026-11-02-when-nats.md`. */
  path: string
  /** Below the base path, as `postAddress` makes it and no other post or page has it: `/posts/when-nats/`. */
  address: string
  /** Every former and declared address that leads here now, as `normaliseAddress` writes them. */
  aliases: string[]
  meta: LiveMeta
  date: Instant
  updated: Instant | undefined
  /** `date` as `localDay` writes it in the site's timezone: `2026-11-02`. Periods are prefixes of it. */
  day: string
  fragmentKey: string
  /** The fragment's, kept beside the post so that lists need no fragments. */
  excerpt: string
  words: number
}

export type LivePage = {
  path: string
  /** As `pageAddress` makes it: `/about/`. */
  address: string
  aliases: string[]
  meta: Pick<LiveMeta, 'title' | 'description' | 'canonical' | 'image' | 'imageAlt' | 'contents'>
  updated: Instant | undefined
  fragmentKey: string
}

/** A published file that is not Markdown: below `assets/`, or beside a post or page. */
export type AssetFile = {
  /** In the site's repository. */
  path: string
  /** SHA-256 of the bytes, 64 hex digits; the stored binary's name. */
  hash: string
  size: number
  /** What its bytes say of it as an image; variants are made of one that is sound. */
  image?: ImageFacts
}

/** From `redirects.yaml`, or a post that has left; `from` as `normaliseAddress` writes it, `to` an absolute URL or a rooted address. */
export type Redirect = {
  from: string
  to: string
  /** The post whose front matter says so; redirects.yaml where there is none. */
  file?: string
}

/** What posts are filed under by name. */
export type TermKind = 'tag' | 'author' | 'series'

/** A set of live posts that can be asked for by date. */
export type Shelf = {kind: 'all'} | {kind: TermKind; key: string}

/** One that has lists by period and feeds of its own; a series has a page instead. */
export type ListShelf = {kind: 'all'} | {kind: 'tag' | 'author'; key: string}

/** `label` is the smallest spelling in code point order, so that it depends on the set of posts alone. */
export type Term = {key: string; label: string; count: number}

/** `''`, a year, a month or a day: a prefix of `LivePost.day` that ends before a dash or at the end. */
export type Period = string

/** `changedAt` is the newest `updated ?? date` of the posts in the period; it is told of all posts, and not of a term's. */
export type PeriodCount = {period: Period; count: number; changedAt?: Instant}

export type Neighbours = {newer: LivePost[]; older: LivePost[]}

export type Linkers = {posts: LivePost[]; pages: LivePage[]}

/**
 * A site as it stands at one revision, asked a question at a time. It is a snapshot: the same question always has the
 * same answer, whatever is accepted meanwhile. Only live posts, pages and files are in it. Posts are ordered by
 * (`date`, `id`); "newest first" is that order backwards, and ids are unique, so that every order is total.
 */
export type SiteView = {
  settings: SiteSettings
  /** Both URLs are absolute and end with `/`; `audienceUrl` serves sign-up and unsubscribe. */
  site: {name: string; siteUrl: string; audienceUrl: string; /** Of a branch, for few eyes. */ isPreview?: true}
  /** Overrides below `theme/`, by their name there. */
  themeFiles: Map<string, string>

  post(id: string): Promise<LivePost | undefined>
  postFrom(path: string): Promise<LivePost | undefined>
  postAt(address: string): Promise<LivePost | undefined>
  pageFrom(path: string): Promise<LivePage | undefined>
  pageAt(address: string): Promise<LivePage | undefined>
  /** The address of the post, else page, that has `address` among its aliases; of several the oldest (or first by path). */
  aliasAt(address: string): Promise<string | undefined>
  redirectFrom(address: string): Promise<Redirect | undefined>
  /** Whether a post that is not live, or any page, was at the address before. */
  wasLiveAt(address: string): Promise<boolean>
  /** The addresses at which the post was live before, if it is not live now. */
  leftAddresses(post: string): Promise<string[]>

  /** At most `limit` posts of the shelf, newest first. */
  newest(shelf: Shelf, limit: number): Promise<LivePost[]>
  /** At most `limit` posts on either side of a place in the order, the nearest first; a post may stand there or not. */
  neighbours(place: Pick<LivePost, 'id' | 'date'>, limit: number): Promise<Neighbours>
  /** How many posts of the shelf fall in the period. */
  count(shelf: Shelf, period: Period): Promise<number>
  /** All posts of the shelf in the period, newest first. */
  inPeriod(shelf: Shelf, period: Period): Promise<LivePost[]>
  /** The years of `''`, the months of a year, the days of a month that have posts of the shelf, newest first. */
  periodsOf(shelf: Shelf, period: Period): Promise<PeriodCount[]>
  /** Tags, authors or series that have live posts: most posts first, then by key in code point order; at most `limit`. */
  terms(kind: TermKind, limit?: number): Promise<Term[]>
  term(kind: TermKind, key: string): Promise<Term | undefined>
  /** Posts and pages with a reference that can mean one of `targets`; each once, in any order. */
  linkingTo(targets: string[]): Promise<Linkers>

  asset(path: string): Promise<AssetFile | undefined>
  /** Every file whose hash starts with `prefix` (12 hex digits), in any order. */
  assetsByHash(prefix: string): Promise<AssetFile[]>
  /** The post's file as its author wrote it, undefined for a post that is not in the view. */
  source(id: string): Promise<string | undefined>
  /** The rendered body; undefined is a fault of whoever made the view, and building ends with it. */
  fragment(key: string): Promise<Fragment | undefined>
  /** All of `redirects.yaml`, and of posts that have left where it has none, in any order, one for each address. */
  redirects(): Promise<Redirect[]>

  /** All of them, posts oldest first, the others in any order: asked by a full publish (and `pages` by the sitemap of pages). */
  posts(): AsyncIterable<LivePost>
  pages(): AsyncIterable<LivePage>
  /** Posts and pages whose text or front matter refers to something in the site, and at most some others, in any order. */
  referring(): AsyncIterable<LivePost | LivePage>
  assets(): AsyncIterable<AssetFile>
  /** Every address at which a post that is not live was live before, each once. */
  allLeft(): AsyncIterable<string>
}
