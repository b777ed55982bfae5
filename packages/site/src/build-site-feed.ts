import {feedUrn} from '@broadside/content'
import {buildFeed, type FeedFormat, type FeedItem, type FeedModel} from '@broadside/feed'
import {addressOf} from './place.ts'
import {authorOf} from './post-cards.ts'
import {renderBody} from './render-body.ts'
import type {SiteContext} from './site-context.ts'
import type {LivePost, ListShelf} from './site-view.ts'
import {termsOf} from './term-key.ts'

/** A feed of the newest posts of a shelf, whole; undefined for a tag or author without posts. */
export async function buildSiteFeed(
  context: SiteContext,
  shelf: ListShelf,
  format: FeedFormat,
): Promise<string | undefined> {
  const {view, urls} = context
  const about = await aboutShelf(context, shelf)
  if (about === undefined) return undefined
  const shown: FeedItem[] = []
  for (const post of await view.newest(shelf, view.settings.feeds.items)) shown.push(await keptItem(context, post))
  const feed: FeedModel = {
    id: feedUrn(siteId(context), about.id),
    title: about.title,
    description: view.settings.description || view.settings.tagline,
    language: view.settings.language,
    siteUrl: urls.absolute(about.address),
    selfUrl: urls.absolute(addressOf({kind: 'feed', shelf, format})),
    items: shown,
    updated: Math.max(0, ...shown.map(({updated}) => updated)),
  }
  return buildFeed(format, feed)
}

async function aboutShelf(context: SiteContext, shelf: ListShelf) {
  const site = context.view.settings.title
  if (shelf.kind === 'all') return {id: 'feed', title: site, address: '/'}
  const term = await context.view.term(shelf.kind, shelf.key)
  if (term === undefined) return undefined
  const name = shelf.kind === 'author' ? authorOf(context, term).name : term.label
  return {
    id: `feed:${shelf.kind}:${shelf.key}`,
    title: `${name} – ${site}`,
    address: addressOf({kind: 'list', shelf, period: ''}),
  }
}

/** Ids of feeds and items hang on what the author chose, else on the site's name, and on no URL. */
function siteId({view}: SiteContext): string {
  return view.settings.id ?? view.site.name
}

const itemsKept = 200
const items = new WeakMap<SiteContext, Map<string, Promise<FeedItem>>>()

/** A new post stands in a dozen feeds beside the same others: their bodies are put together once. */
function keptItem(context: SiteContext, post: LivePost): Promise<FeedItem> {
  const kept = items.get(context) ?? new Map<string, Promise<FeedItem>>()
  items.set(context, kept)
  const known = kept.get(post.id)
  if (known !== undefined) return known
  const item = itemOf(context, post)
  kept.set(post.id, item)
  item.catch(() => kept.delete(post.id))
  const [oldest] = kept.keys()
  if (kept.size > itemsKept && oldest !== undefined) kept.delete(oldest)
  return item
}

async function itemOf(context: SiteContext, post: LivePost): Promise<FeedItem> {
  return {
    id: feedUrn(siteId(context), post.id),
    url: context.urls.absolute(post.address),
    title: post.meta.title,
    html: await renderBody(context.view, post, 'feed'),
    summary: post.meta.description ?? post.excerpt,
    published: post.date,
    updated: Math.max(post.date, post.updated ?? post.date),
    authors: termsOf(post, 'author').map((term) => authorOf(context, term).name),
    tags: termsOf(post, 'tag').map(({label}) => label),
  }
}
