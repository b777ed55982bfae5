import {parseXml, XmlElement, type XmlNode} from '@rgrove/parse-xml'
import {parseFeed as parseAnyFeed} from '@rowanmanning/feed-parser'
import fc from 'fast-check'
import {parseAtomFeed, parseJsonFeed, parseRssFeed} from 'feedsmith'
import {describe, expect, test} from 'vitest'
import type {FeedFormat, FeedItem, FeedModel} from './feed-model.ts'
import * as feedPackage from './index.ts'

const {buildFeed} = feedPackage
const published = Date.UTC(2026, 10, 2, 7, 30)
const updated = Date.UTC(2026, 10, 3, 9)

function item(about: Partial<FeedItem> = {}): FeedItem {
  return {
    id: 'urn:uuid:7a1d2b0e-9f64-5c1a-8a53-3a8c0f1f2b11',
    url: 'https://x.example/blog/posts/when-nats/',
    title: 'When NATS',
    html: '<p>Full <em>content</em> &amp; more, <a href="https://x.example/blog/about/">about</a></p>',
    summary: 'Full content & more',
    published,
    updated,
    authors: ['Platform desk', 'Editors'],
    tags: ['NATS', 'queues'],
    ...about,
  }
}

function feed(about: Partial<FeedModel> = {}): FeedModel {
  return {
    id: 'urn:uuid:00000000-0000-5000-8000-000000000001',
    title: 'Notes',
    description: 'From the field',
    language: 'en',
    siteUrl: 'https://x.example/blog/',
    selfUrl: 'https://x.example/blog/feed.xml',
    items: [item()],
    updated,
    ...about,
  }
}

/** The item as a reader's program sees it, in one shape for the three formats. */
function readBack(format: FeedFormat, text: string) {
  if (format === 'rss') {
    const read = parseRssFeed(text).items?.[0]
    return {id: read?.guid?.value, title: read?.title, html: read?.content?.encoded, url: read?.link}
  }
  if (format === 'atom') {
    const read = parseAtomFeed(text).entries?.[0]
    return {id: read?.id, title: read?.title?.value, html: read?.content?.value, url: read?.links?.[0]?.href}
  }
  const read = parseJsonFeed(text).items?.[0]
  return {id: read?.id, title: read?.title, html: read?.content_html, url: read?.url}
}

test('the package exports', () => {
  expect(Object.keys(feedPackage)).toEqual(['buildFeed', 'buildOpml'])
})

describe.each(['rss', 'atom', 'json'] as const)('%s', (format) => {
  test('gives a reader the whole post under its permanent id', () => {
    const {id, title, html, url} = item()
    expect(readBack(format, buildFeed(format, feed()))).toEqual({id, title, html, url})
  })

  test('keeps an id that readers know from elsewhere, where the format can carry it', () => {
    const known = (knownAs: string) => readBack(format, buildFeed(format, feed({items: [item({knownAs})]}))).id
    expect(known('https://old.example/?p=17')).toBe('https://old.example/?p=17')
    expect(known('5ddc9063c35e7700383b27e0')).toBe(format === 'atom' ? item().id : '5ddc9063c35e7700383b27e0')
  })

  test('is the same bytes for the same model', () => {
    expect(buildFeed(format, feed())).toBe(buildFeed(format, structuredClone(feed())))
  })

  test('changes when only the instant of the last change does', () => {
    const later = feed({items: [item({updated: updated + 1000})]})
    // RSS tells the change once, for the whole feed.
    expect(buildFeed(format, format === 'rss' ? {...later, updated: updated + 1000} : later)).not.toBe(
      buildFeed(format, feed()),
    )
  })

  test('holds with no items', () => {
    const text = buildFeed(format, feed({items: [], updated: 0, description: ''}))
    expect(text).toContain('Notes')
    expect(readBack(format, text).id).toBeUndefined()
  })

  test('survives whatever stands in titles and bodies', () => {
    const unit = fc.oneof(
      fc.string({unit: 'binary', maxLength: 5}),
      fc.constantFrom(']]>', '<![CDATA[', '&', '<b>', '"', '\u0000', '\u001b', '\ufffe', '\ud800', '&#0;', '--', '?>'),
    )
    const text = fc.array(unit, {maxLength: 12}).map((parts) => `a${parts.join('')}z`)
    fc.assert(
      fc.property(text, text, (title, html) => {
        const out = buildFeed(format, feed({title, items: [item({title, html, tags: [title], authors: [title]})]}))
        // oxlint-disable-next-line no-control-regex
        expect(out).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
        expect(out.isWellFormed()).toBe(true)
        expect(readBack(format, out).id).toBe(item().id)
      }),
      {numRuns: 100, seed: 7},
    )
  })
})

test('RSS names its guid no link, its authors, its own address and the time of the newest change', () => {
  const read = parseRssFeed(buildFeed('rss', feed()))
  expect(read).toMatchObject({
    title: 'Notes',
    link: 'https://x.example/blog/',
    description: 'From the field',
    language: 'en',
    lastBuildDate: 'Tue, 03 Nov 2026 09:00:00 GMT',
    atom: {links: [{href: 'https://x.example/blog/feed.xml', rel: 'self', type: 'application/rss+xml'}]},
  })
  expect(read.items?.[0]).toMatchObject({
    guid: {isPermaLink: false},
    pubDate: 'Mon, 02 Nov 2026 07:30:00 GMT',
    dc: {creators: ['Platform desk', 'Editors']},
    categories: [{name: 'NATS'}, {name: 'queues'}],
  })
})

test('RSS shows a summary with markup in it as text, since readers take descriptions for HTML', () => {
  expect(buildFeed('rss', feed({items: [item({summary: 'use <b> & co'})]}))).toContain('use &lt;b&gt; &amp; co')
})

test('Atom tells publication and last change apart', () => {
  const read = parseAtomFeed(buildFeed('atom', feed()))
  expect(read.updated).toBe('2026-11-03T09:00:00.000Z')
  expect(read.entries?.[0]).toMatchObject({
    published: '2026-11-02T07:30:00.000Z',
    updated: '2026-11-03T09:00:00.000Z',
    summary: {value: 'Full content & more'},
  })
})

test('JSON Feed is of version 1.1 and says where it lives', () => {
  expect(JSON.parse(buildFeed('json', feed()))).toMatchObject({
    version: 'https://jsonfeed.org/version/1.1',
    home_page_url: 'https://x.example/blog/',
    feed_url: 'https://x.example/blog/feed.xml',
    items: [{summary: 'Full content & more', date_modified: '2026-11-03T09:00:00.000Z'}],
  })
})

describe('what another parser reads', () => {
  const withMedia = feed({
    hubs: ['https://hub.example/'],
    items: [
      item({
        image: {url: 'https://x.example/cover.png', type: 'image/png', bytes: 10},
        audio: {
          url: 'https://x.example/talk.mp3',
          type: 'audio/mpeg',
          bytes: 1234,
          seconds: 754,
          episode: 7,
          season: 2,
        },
      }),
    ],
  })

  test.each(['rss', 'atom'] as const)('%s: items, ids, dates, authors, content and recording', (format) => {
    const read = parseAnyFeed(buildFeed(format, withMedia)).toJSON()
    expect(read).toMatchObject({title: 'Notes', language: 'en', url: 'https://x.example/blog/'})
    const [found] = read.items
    const {id, url, title, html} = item()
    // This parser undoes entities in content that come from no markup of the feed.
    const content = html.replace('&amp;', '&')
    expect(found).toMatchObject({id, url, title, content, published: new Date(published).toISOString()})
    expect(found?.authors.map(({name}) => name)).toEqual(['Platform desk', 'Editors'])
    expect(found?.media).toContainEqual(
      expect.objectContaining({url: 'https://x.example/talk.mp3', length: 1234, mimeType: 'audio/mpeg'}),
    )
  })
})

test('a hub is named in each format', () => {
  const model = feed({hubs: ['https://hub.example/']})
  expect(buildFeed('rss', model)).toContain('<atom:link href="https://hub.example/" rel="hub"/>')
  expect(parseAtomFeed(buildFeed('atom', model)).links).toContainEqual({href: 'https://hub.example/', rel: 'hub'})
  expect(parseJsonFeed(buildFeed('json', model)).hubs).toEqual([{type: 'WebSub', url: 'https://hub.example/'}])
})

test('a podcast has what its directories ask for, and an episode what players do', () => {
  const audio = {
    url: 'https://x.example/talk.mp3',
    type: 'audio/mpeg',
    seconds: 3723,
    episode: 7,
    season: 2,
    explicit: false,
    transcript: {url: 'https://x.example/talk.vtt', type: 'text/vtt'},
  }
  const podcast = {
    guid: '7a1d2b0e-9f64-5c1a-8a53-3a8c0f1f2b11',
    author: 'Notes & Co',
    email: 'pod@x.example',
    image: 'https://x.example/cover.png',
    category: 'Technology',
    explicit: false,
  }
  const read = parseRssFeed(buildFeed('rss', feed({podcast, items: [item({audio})]})))
  expect(read).toMatchObject({
    itunes: {
      author: 'Notes & Co',
      explicit: false,
      image: 'https://x.example/cover.png',
      categories: [{text: 'Technology'}],
      owner: {email: 'pod@x.example'},
    },
    podcast: {guid: podcast.guid, locked: {value: true, owner: 'pod@x.example'}},
  })
  expect(read.items?.[0]).toMatchObject({
    // Nobody said how long the file is, and the format wants a number.
    enclosures: [{url: audio.url, type: 'audio/mpeg', length: 0}],
    itunes: {duration: 3723, episode: 7, season: 2, explicit: false},
    podcast: {episode: {number: 7}, season: {number: 2}, transcripts: [audio.transcript]},
  })
})

test('browsers are told of the styles in the order given', () => {
  const stylesheets = [
    {type: 'text/xsl', href: '/_/feed.xsl'},
    {type: 'text/css', href: '/_/feed.css'},
  ]
  for (const format of ['rss', 'atom'] as const) {
    const found = buildFeed(format, feed({stylesheets})).match(/<\?xml-stylesheet[^?]*\?>/g)
    expect(found).toEqual(stylesheets.map(({type, href}) => `<?xml-stylesheet type="${type}" href="${href}"?>`))
  }
})

test('a parser with no mercy reads hostile text back whole', () => {
  const hostile = 'a ]]> <![CDATA[ \u0000\u000b\ufffe & <script> &amp; \ud800 z'
  const hostileItem = item({title: hostile, html: hostile, summary: hostile, tags: [hostile], authors: [hostile]})
  const model = feed({title: hostile, description: hostile, items: [hostileItem]})
  const textsOf = (node: XmlNode, name: string): string[] => {
    if (node instanceof XmlElement && node.name === name) return [node.text.trim()]
    return 'children' in node ? (node.children as XmlNode[]).flatMap((child) => textsOf(child, name)) : []
  }
  for (const [format, body] of [
    ['rss', 'content:encoded'],
    ['atom', 'content'],
  ] as const) {
    const document = parseXml(buildFeed(format, model))
    expect(textsOf(document, body)).toEqual(['a ]]> <![CDATA[  & <script> &amp; \ufffd z'])
  }
})
