import {buildAtom} from './build-atom.ts'
import {buildJsonFeed} from './build-json-feed.ts'
import {buildRss} from './build-rss.ts'
import {cleanText} from './clean-text.ts'
import type {FeedFormat, FeedItem, FeedModel, PodcastModel} from './feed-model.ts'

const builders = {rss: buildRss, atom: buildAtom, json: buildJsonFeed}

/**
 * The feed as one document: RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1, with full content. Equal models give equal
 * bytes: there is no clock and no generator's version in it. Characters that XML cannot carry are dropped, in JSON too,
 * so that the three say the same.
 */
export function buildFeed(format: FeedFormat, feed: FeedModel): string {
  return builders[format]({
    ...feed,
    title: cleanText(feed.title),
    description: cleanText(feed.description),
    ...(feed.podcast === undefined ? {} : {podcast: cleanPodcast(feed.podcast)}),
    items: feed.items.map(cleanItem),
  })
}

function cleanPodcast(podcast: PodcastModel): PodcastModel {
  const {category} = podcast
  return {
    ...podcast,
    author: cleanText(podcast.author),
    ...(category === undefined ? {} : {category: cleanText(category)}),
  }
}

function cleanItem(item: FeedItem): FeedItem {
  return {
    ...item,
    ...(item.knownAs === undefined ? {} : {knownAs: cleanText(item.knownAs)}),
    title: cleanText(item.title),
    html: cleanText(item.html),
    summary: cleanText(item.summary),
    authors: item.authors.map(cleanText),
    tags: item.tags.map(cleanText),
  }
}
