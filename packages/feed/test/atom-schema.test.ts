import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {validateXML} from 'xmllint-wasm'
import {buildFeed, type FeedItem, type FeedModel} from '../src/index.ts'

const schema = await readFile(new URL('atom.rng', import.meta.url), 'utf8')

/** What an independent checker says against the grammar of RFC 4287; nothing where the feed is valid. */
async function complaints(atom: string): Promise<string[]> {
  const {errors} = await validateXML({xml: atom, schema, extension: 'relaxng'})
  return errors.map(({message}) => message)
}

const item: FeedItem = {
  id: 'urn:uuid:7a1d2b0e-9f64-5c1a-8a53-3a8c0f1f2b11',
  url: 'https://x.example/blog/posts/when-nats/',
  title: 'When <NATS> & when ]]> not \u0001 😀 שלום',
  html: '<p>Full &amp; <em>whole</em> ]]&gt; <br></p>',
  summary: 'a < b',
  published: Date.UTC(2026, 10, 2, 7, 30),
  updated: Date.UTC(2026, 10, 3, 9),
  authors: ['Platform & Co', 'Editors'],
  tags: ['a<b', 'R&D'],
}

const feed: FeedModel = {
  id: 'urn:uuid:00000000-0000-5000-8000-000000000001',
  title: 'Notes & <more>',
  description: 'From the "field"',
  language: 'en-GB',
  siteUrl: 'https://x.example/blog/',
  selfUrl: 'https://x.example/blog/atom.xml',
  hubs: ['https://hub.example/?a=1&b=2', 'https://other.example/'],
  stylesheets: [{type: 'text/css', href: '/feed.css'}],
  items: [
    item,
    {
      ...item,
      id: 'urn:uuid:7a1d2b0e-9f64-5c1a-8a53-3a8c0f1f2b12',
      authors: [],
      image: {url: 'https://x.example/a.png', type: 'image/png', bytes: 12},
      audio: {url: 'https://x.example/a.mp3', type: 'audio/mpeg', bytes: 1_234_567, seconds: 61},
    },
  ],
  updated: item.updated,
}

test('an Atom feed with everything in it is valid', async () => {
  expect(await complaints(buildFeed('atom', feed))).toEqual([])
})

test('an Atom feed with nothing in it is valid', async () => {
  expect(await complaints(buildFeed('atom', {...feed, items: [], description: '', updated: 0}))).toEqual([])
})

test.each([
  {fault: 'no id', text: buildFeed('atom', feed).replace(/<id>[^<]*<\/id>/, '')},
  {fault: 'an instant without a zone', text: buildFeed('atom', feed).replaceAll('Z</updated>', '</updated>')},
  {fault: 'an element it does not know', text: buildFeed('atom', feed).replace('<title', '<pubDate/><title')},
])('$fault is found', async ({text}) => {
  expect(await complaints(text)).not.toEqual([])
})
