import {generateRssFeed} from 'feedsmith'
import {escapeText} from './clean-text.ts'
import type {FeedItem, FeedModel} from './feed-model.ts'

/**
 * RSS 2.0. `guid` says that it is no link (the format's default is that it is one); names go to `dc:creator`, because
 * RSS's own `author` wants a mail address; `description` is the summary and `content:encoded` the whole.
 */
export function buildRss(feed: FeedModel): string {
  return generateRssFeed({
    title: feed.title,
    link: feed.siteUrl,
    // The format wants one, and the generator leaves empty elements out.
    description: escapeText(feed.description || feed.title),
    language: feed.language,
    lastBuildDate: new Date(feed.updated),
    atom: {links: [{href: feed.selfUrl, rel: 'self', type: 'application/rss+xml'}]},
    items: feed.items.map(itemOf),
  })
}

function itemOf(item: FeedItem) {
  return {
    title: item.title,
    link: item.url,
    guid: {value: item.id, isPermaLink: false},
    pubDate: new Date(item.published),
    description: escapeText(item.summary),
    dc: {creators: item.authors},
    categories: item.tags.map((name) => ({name})),
    content: {encoded: item.html},
  }
}
