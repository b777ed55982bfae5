import {addressOf, buildOutput, type LivePost, type SiteView} from '@broadside/site'
import type {Theme} from '@broadside/theme'
import {html, raw} from 'hono/html'

/** HTML whose values are escaped. */
export type Html = ReturnType<typeof html>

export const feedFormats = ['rss', 'atom', 'json'] as const
export type FeedFormat = (typeof feedFormats)[number]

/** Where the item of a post begins and ends in each format. */
const marks = {rss: ['<item>', '</item>'], atom: ['<entry>', '</entry>']} as const

/**
 * The item of a post as a feed carries it, cut out of a feed that has no other. JSON is laid out in lines, all else is byte
 * for byte.
 */
export async function feedItem(view: SiteView, theme: Theme, post: LivePost, format: FeedFormat): Promise<string> {
  const text = await feedOfOne(view, theme, post, format)
  if (format === 'json') return JSON.stringify(firstItem(text), null, 2)
  const [begin, end] = marks[format]
  return text.slice(text.indexOf(begin), text.lastIndexOf(end) + end.length)
}

/** An item, as JSON, as a feed reader shows it: title and content, with no style of ours. */
export function shownItem(view: SiteView, item: string): Html {
  const {title = '', content_html: content = ''} = JSON.parse(item) as Item
  return html`<!doctype html>
    <html lang="${view.settings.language}">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      <h1>${title}</h1>
      ${raw(content)}
    </html>`
}

/** Whether the post is among those that the feed carries now. */
export async function isInFeed(view: SiteView, post: LivePost): Promise<boolean> {
  if ((await view.post(post.id)) === undefined) return false
  const {items} = view.settings.feeds
  return (await view.neighbours(post, items)).newer.length < items
}

async function feedOfOne(view: SiteView, theme: Theme, post: LivePost, format: FeedFormat): Promise<string> {
  const address = addressOf({kind: 'feed', shelf: {kind: 'all'}, format})
  const feed = await buildOutput({address}, {...view, newest: async () => [post]}, theme)
  return feed !== undefined && 'body' in feed ? Buffer.from(feed.body).toString('utf8') : ''
}

type Item = {title?: string; content_html?: string}

function firstItem(feed: string): Item {
  const {items = []} = JSON.parse(feed) as {items?: Item[]}
  return items[0] ?? {}
}
