import {generateRssFeed, type Rss} from 'feedsmith'
import {escapeText} from './clean-text.ts'
import type {FeedAudio, FeedFile, FeedItem, FeedModel, PodcastModel} from './feed-model.ts'

/**
 * RSS 2.0. `guid` says that it is no link (the format's default is that it is one); names go to `dc:creator`, because
 * RSS's own `author` wants a mail address; `description` is the summary and `content:encoded` the whole. Recordings come
 * with the tags of iTunes and Podcasting 2.0.
 */
export function buildRss(feed: FeedModel): string {
  const hubs = (feed.hubs ?? []).map((href) => ({href, rel: 'hub'}))
  const document: Rss.Feed<Date> = {
    title: feed.title,
    link: feed.siteUrl,
    // The format wants one, and the generator leaves empty elements out.
    description: escapeText(feed.description || feed.title),
    language: feed.language,
    lastBuildDate: new Date(feed.updated),
    atom: {links: [{href: feed.selfUrl, rel: 'self', type: 'application/rss+xml'}, ...hubs]},
    ...(feed.podcast === undefined ? {} : showOf(feed.podcast)),
    items: feed.items.map(itemOf),
  }
  return generateRssFeed(document, {stylesheets: feed.stylesheets ?? []})
}

function showOf({guid, author, email, image, category, explicit}: PodcastModel): Partial<Rss.Feed<Date>> {
  return {
    itunes: {
      author,
      explicit,
      type: 'episodic',
      owner: {name: author, ...(email === undefined ? {} : {email})},
      ...(image === undefined ? {} : {image}),
      ...(category === undefined ? {} : {categories: [{text: category}]}),
    },
    podcast: {guid, locked: {value: true, ...(email === undefined ? {} : {owner: email})}},
  }
}

function itemOf(item: FeedItem): Rss.Item<Date> {
  return {
    title: item.title,
    link: item.url,
    guid: {value: item.knownAs ?? item.id, isPermaLink: false},
    pubDate: new Date(item.published),
    description: escapeText(item.summary),
    dc: {creators: item.authors},
    categories: item.tags.map((name) => ({name})),
    content: {encoded: item.html},
    ...(item.image === undefined ? {} : {media: {contents: [pictureOf(item.image)]}}),
    ...(item.audio === undefined ? {} : episodeOf(item.audio, item)),
  }
}

function pictureOf({url, type, bytes}: FeedFile) {
  return {url, type, medium: 'image', ...(bytes === undefined ? {} : {fileSize: bytes})}
}

/** `length` is required; where nobody knows it, 0 says so. */
function episodeOf(audio: FeedAudio, {title, authors, image}: FeedItem): Partial<Rss.Item<Date>> {
  const {url, type, bytes = 0, seconds, episode, season, explicit, transcript} = audio
  return {
    enclosures: [{url, type, length: bytes}],
    itunes: {
      title,
      episodeType: 'full',
      ...(image === undefined ? {} : {image: image.url}),
      ...(seconds === undefined ? {} : {duration: seconds}),
      ...(episode === undefined ? {} : {episode}),
      ...(season === undefined ? {} : {season}),
      ...(explicit === undefined ? {} : {explicit}),
    },
    podcast: {
      persons: authors.map((display) => ({display})),
      ...(episode === undefined ? {} : {episode: {number: episode}}),
      ...(season === undefined ? {} : {season: {number: season}}),
      ...(transcript === undefined ? {} : {transcripts: [transcript]}),
    },
  }
}
