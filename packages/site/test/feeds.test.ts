import {parseOpml, parseRssFeed} from 'feedsmith'
import {describe, expect, test} from 'vitest'
import {buildOutput, type SiteView, themeOf} from '../src/index.ts'
import {at, idOf, post, type PostState, settingsOf, siteState, viewOf} from './site-model.ts'

async function textAt(view: SiteView, address: string): Promise<string> {
  const output = await buildOutput({address}, view, themeOf(view))
  if (output === undefined || !('body' in output)) throw new Error(`nothing at ${address}`)
  return new TextDecoder().decode(output.body)
}

function posts(...all: PostState[]): Map<string, PostState> {
  return new Map(all.map((one) => [idOf(one.slug), one]))
}

const talk = post({
  slug: 'talk',
  path: 'posts/talk/index.md',
  tags: ['NATS'],
  authors: ['us'],
  audio: {src: 'talk.mp3'},
})
const state = siteState({
  settings: settingsOf({
    authors: {us: {name: 'Us'}},
    feeds: {items: 20, hubs: ['https://hub.example/', 'https://other.example/']},
    podcast: {email: 'Us <pod@x.example>', image: 'assets/cover.png', explicit: false},
  }),
  posts: posts(talk),
  files: new Map([
    ['posts/talk/talk.mp3', 'twelve bytes'],
    ['assets/cover.png', 'png'],
  ]),
})
const view = viewOf(state)

test('a recording beside a post is measured, published and played from the page', async () => {
  const [found] = parseRssFeed(await textAt(view, '/feed.xml')).items ?? []
  const [enclosure] = found?.enclosures ?? []
  expect(enclosure).toMatchObject({type: 'audio/mpeg', length: 12, url: expect.stringMatching(/\/media\/.*talk\.mp3$/)})
  const {pathname} = new URL(enclosure?.url ?? '')
  expect(await buildOutput({address: pathname.slice('/blog'.length)}, view, themeOf(view))).toBeDefined()
  expect(await textAt(view, '/posts/talk/')).toContain(`src="${enclosure?.url}"></audio>`)
})

test("the site's RSS is a podcast where the settings say so, with a guid that no address changes", async () => {
  const read = parseRssFeed(await textAt(view, '/feed.xml'))
  expect(read.itunes).toMatchObject({
    author: 'Notes',
    image: 'https://x.example/blog/assets/cover.png',
    owner: {email: 'pod@x.example'},
  })
  const moved = parseRssFeed(await textAt(viewOf(state, 'https://y.example/'), '/feed.xml'))
  expect(moved.podcast?.guid).toBe(read.podcast?.guid)
  expect(parseRssFeed(await textAt(view, '/tags/nats/feed.xml')).podcast?.guid).toBeUndefined()
})

test('a hub is named in the headers of every feed, beside the address of the feed', async () => {
  const linkAt = async (address: string, of = view) => (await buildOutput({address}, of, themeOf(of)))?.headers.link
  const link = (self: string) =>
    `<https://hub.example/>; rel="hub", <https://other.example/>; rel="hub", <https://x.example/blog${self}>; rel="self"`
  for (const address of ['/feed.xml', '/feed.json', '/tags/nats/atom.xml'])
    expect(await linkAt(address)).toBe(link(address))
  expect(await linkAt('/rss.xml')).toBe(link('/feed.xml'))
  expect(await linkAt('/')).toBeUndefined()
  const without = viewOf({...state, settings: settingsOf({})})
  expect(await linkAt('/feed.xml', without)).toBeUndefined()
})

test('a hub is named in every feed', async () => {
  for (const address of ['/feed.xml', '/atom.xml', '/feed.json', '/tags/nats/feed.xml'])
    expect(await textAt(view, address), address).toContain('https://hub.example/')
})

test('all feeds stand in one list', async () => {
  const {body} = parseOpml(await textAt(view, '/feeds.opml'))
  expect(body?.outlines?.map(({text, xmlUrl}) => [text, xmlUrl])).toEqual([
    ['Notes', 'https://x.example/blog/feed.xml'],
    ['NATS – Notes', 'https://x.example/blog/tags/nats/feed.xml'],
    ['Us – Notes', 'https://x.example/blog/authors/us/feed.xml'],
  ])
})

describe('who comes with an address of another system', () => {
  test.each(['/rss.xml', '/index.xml'])('%s is the feed, which says where it lives', async (address) => {
    expect(await textAt(view, address)).toBe(await textAt(view, '/feed.xml'))
  })

  test.each(['/feed/', '/rss/'])('%s leads on, and names the feed to programs', async (address) => {
    const html = await textAt(view, address)
    expect(html).toContain('<meta http-equiv="refresh" content="0; url=https://x.example/blog/feed.xml">')
    expect(html).toContain('type="application/rss+xml" title="Notes: RSS" href="/blog/feed.xml"')
  })

  test("an author's page at such an address is theirs", async () => {
    const pages = new Map([['pages/feed.md', {slug: 'feed', title: 'Feeding', body: 'Hay.'}]])
    expect(await textAt(viewOf({...state, pages}), '/feed/')).toContain('Hay.')
  })
})

describe('a feed that would be too large', () => {
  const long = Array.from({length: 10}, (_, n) =>
    post({slug: `n${n}`, date: at('2026-01-01T00:00:00Z') + n * 86_400_000, body: 'word '.repeat(600)}),
  )
  const limited = (maxKilobytes: number) =>
    viewOf(siteState({settings: settingsOf({feeds: {items: 10, maxKilobytes}}), posts: posts(...long)}))

  test.each(['/feed.xml', '/atom.xml', '/feed.json'])('%s holds fewer items, the newest, and fits', async (address) => {
    const text = await textAt(limited(20), address)
    expect(Buffer.byteLength(text)).toBeLessThan(20_000)
    expect(Buffer.byteLength(text)).toBeGreaterThan(12_000)
    expect(text).toContain('/posts/n9/')
    expect(text).not.toContain('/posts/n0/')
  })

  test('has its newest item whatever its size', async () => {
    const {items} = parseRssFeed(await textAt(limited(1), '/feed.xml'))
    expect(items?.map(({link}) => link)).toEqual(['https://x.example/blog/posts/n9/'])
  })
})
