import {feedUrn} from '@broadside/content'
import {
  buildFeed,
  type FeedFormat,
  type FeedAudio,
  type FeedItem,
  type FeedModel,
  type PodcastModel,
} from '@broadside/feed'
import {audioOf, fileAt, imageFileOf} from './meta-files.ts'
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
  const {hubs, maxKilobytes = defaultMaxKilobytes} = view.settings.feeds
  const podcast = shelf.kind === 'all' ? await podcastOf(context) : undefined
  const feed: FeedModel = {
    id: feedUrn(siteId(context), about.id),
    title: about.title,
    description: view.settings.description || view.settings.tagline,
    language: view.settings.language,
    siteUrl: urls.absolute(about.address),
    selfUrl: urls.absolute(addressOf({kind: 'feed', shelf, format})),
    items: shown,
    updated: Math.max(0, ...shown.map(({updated}) => updated)),
    stylesheets: [
      {type: 'text/css', href: urls.path(addressOf({kind: 'stylesheet', name: context.theme.feedStylesheet.name}))},
    ],
    ...(hubs === undefined ? {} : {hubs}),
    ...(podcast === undefined ? {} : {podcast}),
  }
  return fittingFeed(format, feed, maxKilobytes * 1000)
}

/** Readers fetch a feed often and some refuse large ones: this is what most of them take. */
const defaultMaxKilobytes = 1000

/**
 * The feed with as many of its newest items as fit, one at least. The oldest go as they would when newer ones come:
 * items cut short instead would look like changed posts to those who have read them whole.
 */
function fittingFeed(format: FeedFormat, feed: FeedModel, maxBytes: number): string {
  const build = (count: number) => {
    const shown = feed.items.slice(0, count)
    return buildFeed(format, {...feed, items: shown, updated: Math.max(0, ...shown.map(({updated}) => updated))})
  }
  const whole = build(feed.items.length)
  if (Buffer.byteLength(whole) <= maxBytes) return whole
  let [fits, tooMany] = [1, feed.items.length]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (Buffer.byteLength(build(middle)) <= maxBytes) fits = middle
    else tooMany = middle
  }
  return build(fits)
}

/** What the settings say of the site as a podcast. Its guid hangs on what ids of feeds hang on. */
async function podcastOf(context: SiteContext): Promise<PodcastModel | undefined> {
  const {podcast, title} = context.view.settings
  if (podcast === undefined) return undefined
  const {author = title, email, image, category, explicit, guid} = podcast
  const cover = image === undefined ? undefined : await fileAt(context, '', image)
  return {
    guid: guid ?? feedUrn(siteId(context), 'podcast').replace('urn:uuid:', ''),
    author,
    explicit,
    ...(email === undefined ? {} : {email: email.replace(/^.*<(.*)>$/, '$1')}),
    ...(cover === undefined ? {} : {image: cover.url}),
    ...(category === undefined ? {} : {category}),
  }
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
  const image = await imageFileOf(context, post)
  const audio = await feedAudioOf(context, post)
  return {
    ...(image === undefined ? {} : {image}),
    ...(audio === undefined ? {} : {audio}),
    id: feedUrn(siteId(context), post.id),
    ...(post.meta.feedId === undefined ? {} : {knownAs: post.meta.feedId}),
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

async function feedAudioOf(context: SiteContext, post: LivePost): Promise<FeedAudio | undefined> {
  const file = await audioOf(context, post)
  const {audio} = post.meta
  if (file === undefined || audio === undefined) return undefined
  const {seconds, episode, season, explicit} = audio
  const transcript = audio.transcript === undefined ? undefined : await fileAt(context, post.path, audio.transcript)
  return {
    ...file,
    ...(seconds === undefined ? {} : {seconds}),
    ...(episode === undefined ? {} : {episode}),
    ...(season === undefined ? {} : {season}),
    ...(explicit === undefined ? {} : {explicit}),
    ...(transcript === undefined ? {} : {transcript: {url: transcript.url, type: transcript.type}}),
  }
}
