import {generateOpml} from 'feedsmith'
import {cleanText} from './clean-text.ts'

export type FeedOutline = {title: string; siteUrl: string; feedUrl: string}

/** A list of feeds as readers import it, OPML 2.0. Equal lists give equal bytes. */
export function buildOpml(title: string, feeds: FeedOutline[]): string {
  return generateOpml({
    head: {title: cleanText(title)},
    body: {
      outlines: feeds.map((feed) => ({
        type: 'rss',
        text: cleanText(feed.title),
        title: cleanText(feed.title),
        xmlUrl: feed.feedUrl,
        htmlUrl: feed.siteUrl,
      })),
    },
  })
}
