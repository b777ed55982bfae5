import {type Atom, generateAtomFeed} from 'feedsmith'
import type {FeedItem, FeedModel} from './feed-model.ts'

/** Atom, RFC 4287. The feed itself names an author, since entries without one must inherit it (section 4.1.1). */
export function buildAtom(feed: FeedModel): string {
  const document: Atom.Feed<Date> = {
    id: feed.id,
    title: {value: feed.title},
    ...(feed.description === '' ? {} : {subtitle: {value: feed.description}}),
    updated: new Date(feed.updated),
    authors: [{name: feed.title}],
    links: [
      {href: feed.selfUrl, rel: 'self', type: 'application/atom+xml'},
      {href: feed.siteUrl, rel: 'alternate', type: 'text/html'},
      ...(feed.hubs ?? []).map((href) => ({href, rel: 'hub'})),
    ],
    xml: {lang: feed.language},
    entries: feed.items.map(entryOf),
  }
  return generateAtomFeed(document, {stylesheets: feed.stylesheets ?? []})
}

function entryOf(item: FeedItem) {
  return {
    id: entryId(item),
    title: {value: item.title},
    links: [{href: item.url, rel: 'alternate', type: 'text/html'}, ...enclosuresOf(item)],
    published: new Date(item.published),
    updated: new Date(item.updated),
    authors: item.authors.map((name) => ({name})),
    categories: item.tags.map((term) => ({term})),
    summary: {value: item.summary},
    content: {type: 'html', value: item.html},
  }
}

/** An IRI, as RFC 4287, section 4.2.6 asks; what another tool had in RSS alone, such as a number, is none. */
function entryId({id, knownAs}: FeedItem): string {
  return knownAs !== undefined && /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(knownAs) ? knownAs : id
}

/** A recording, and the picture: `length` is in bytes, and may be left out (RFC 4287, section 4.2.7.6). */
function enclosuresOf({audio, image}: FeedItem) {
  return [audio, image].flatMap((file) =>
    file === undefined
      ? []
      : [
          {
            href: file.url,
            rel: 'enclosure',
            type: file.type,
            ...(file.bytes === undefined ? {} : {length: file.bytes}),
          },
        ],
  )
}
