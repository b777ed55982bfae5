import {generateJsonFeed} from 'feedsmith'
import type {FeedAudio, FeedItem, FeedModel} from './feed-model.ts'

/** JSON Feed 1.1, indented so that people can read it too. */
export function buildJsonFeed(feed: FeedModel): string {
  const document = generateJsonFeed({
    title: feed.title,
    home_page_url: feed.siteUrl,
    feed_url: feed.selfUrl,
    ...(feed.description === '' ? {} : {description: feed.description}),
    language: feed.language,
    ...(feed.hubs === undefined ? {} : {hubs: feed.hubs.map((url) => ({type: 'WebSub', url}))}),
    items: feed.items.map(itemOf),
  })
  return `${JSON.stringify(document, null, 2)}\n`
}

function itemOf(item: FeedItem) {
  return {
    id: item.knownAs ?? item.id,
    url: item.url,
    title: item.title,
    content_html: item.html,
    summary: item.summary,
    date_published: new Date(item.published),
    date_modified: new Date(item.updated),
    authors: item.authors.map((name) => ({name})),
    tags: item.tags,
    ...(item.image === undefined ? {} : {image: item.image.url}),
    ...(item.audio === undefined ? {} : {attachments: [attachmentOf(item.audio)]}),
  }
}

function attachmentOf({url, type, bytes, seconds}: FeedAudio) {
  return {
    url,
    mime_type: type,
    ...(bytes === undefined ? {} : {size_in_bytes: bytes}),
    ...(seconds === undefined ? {} : {duration_in_seconds: seconds}),
  }
}
