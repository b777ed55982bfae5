import {buildOpml, type FeedOutline} from '@broadside/feed'
import {addressOf} from './place.ts'
import {authorOf} from './post-cards.ts'
import type {SiteContext} from './site-context.ts'
import type {ListShelf} from './site-view.ts'

/** All feeds of the site as one OPML file, in an order that no new post changes: its own, topics, authors. */
export async function buildFeedList(context: SiteContext): Promise<string> {
  const {view} = context
  const {title} = view.settings
  const [tags, authors] = [await view.terms('tag'), await view.terms('author')]
  const byKey = (a: {key: string}, b: {key: string}) => (a.key < b.key ? -1 : 1)
  return buildOpml(title, [
    {title, siteUrl: context.urls.absolute('/'), feedUrl: feedOf(context, {kind: 'all'})},
    ...tags.toSorted(byKey).map(({key, label}) => outline(context, {kind: 'tag', key}, label)),
    ...authors
      .toSorted(byKey)
      .map((term) => outline(context, {kind: 'author', key: term.key}, authorOf(context, term).name)),
  ])
}

function outline(context: SiteContext, shelf: ListShelf, label: string): FeedOutline {
  return {
    title: `${label} – ${context.view.settings.title}`,
    siteUrl: context.urls.absolute(addressOf({kind: 'list', shelf, period: ''})),
    feedUrl: feedOf(context, shelf),
  }
}

function feedOf({urls}: SiteContext, shelf: ListShelf): string {
  return urls.absolute(addressOf({kind: 'feed', shelf, format: 'rss'}))
}
