import {searchScript} from '@broadside/search'
import {describe, expect, test} from 'vitest'
import {parseRssFeed} from 'feedsmith'
import {
  brokenLinks,
  brokenRedirects,
  buildOutput,
  createArrayView,
  linkTargets,
  type SiteView,
  specOf,
  themeOf,
  waveOf,
} from '../src/index.ts'
import * as sitePackage from '../src/index.ts'
import {publishFresh} from './publish.ts'
import {at, idOf, post, type PostState, settingsOf, sha256, siteState, viewOf} from './site-model.ts'

function posts(...all: PostState[]): Map<string, PostState> {
  return new Map(all.map((one) => [idOf(one.slug), one]))
}

async function textAt(view: SiteView, address: string): Promise<string> {
  const output = await buildOutput({address}, view, themeOf(view))
  if (output === undefined || !('body' in output)) throw new Error(`nothing at ${address}`)
  return new TextDecoder().decode(output.body)
}

const small = siteState({
  settings: settingsOf({
    navigation: [{label: 'About', url: '/about/'}],
    authors: {platform: {name: 'Platform desk', role: 'Servers'}},
    newsletter: {enabled: true, autoSendDays: 7},
  }),
  posts: posts(
    post({
      slug: 'when-nats',
      path: 'posts/when-nats/index.md',
      title: 'When <NATS>',
      tags: ['NATS', 'Queues'],
      authors: ['platform'],
      body: 'See [the other](../other.md#why), [us](/about) and ![a map](map.svg).\n\n[gone](./gone.md)',
      formerAddresses: ['/nats/'],
    }),
    post({slug: 'other', date: at('2025-12-31T23:30:00Z'), updated: at('2026-11-03T09:00:00Z'), tags: ['queues']}),
    post({slug: 'draft', live: false, body: '![secret](secret.svg)'}),
  ),
  pages: new Map([['pages/about.md', {slug: 'about', title: 'About', body: 'Us. [Home](/)'}]]),
  files: new Map([
    ['posts/when-nats/map.svg', '<svg/>'],
    ['posts/secret.svg', '<svg></svg>'],
    ['assets/logo.svg', '<svg/>'],
  ]),
  redirects: [
    {from: '/old/', to: 'https://elsewhere.example/'},
    {from: '/older/', to: '/old/#part'},
    {from: '/oldest/', to: '/nats/?x=1'},
  ],
})
const media = `/media/${sha256('<svg/>').slice(0, 12)}/map.svg`

test('the package exports', () => {
  expect(Object.keys(sitePackage).toSorted()).toEqual([
    'addressOf',
    'affectedOutputs',
    'allOutputs',
    'brokenLinks',
    'brokenRedirects',
    'buildOutput',
    'buildSearchIndex',
    'buildSearchSegment',
    'contentAt',
    'createArrayView',
    'createSuggester',
    'createUrls',
    'diffViews',
    'existsAt',
    'filedUnder',
    'goneAt',
    'imagePlaces',
    'isReserved',
    'keepNearbyPosts',
    'keyOf',
    'linkTargets',
    'linksToCheck',
    'livePage',
    'livePost',
    'localDay',
    'mailImageSizes',
    'normaliseAddress',
    'pageAddress',
    'placeOf',
    'postAddress',
    'renderBody',
    'resolveRef',
    'searchFile',
    'searchPeriods',
    'specOf',
    'termKey',
    'termsOf',
    'themeOf',
    'touchedPeriods',
    'waveOf',
  ])
})

describe('a small site', () => {
  const view = viewOf(small)

  test('has these outputs and no others: a draft shows neither its page nor its image', async () => {
    const terms = ['/tags/nats/', '/tags/queues/', '/authors/platform/']
    const feeds = ['/', ...terms].flatMap((root) => [`${root}atom.xml`, `${root}feed.json`, `${root}feed.xml`])
    const posted = ['/', '/posts/when-nats/', '/posts/other/', '/about/', '/404.html']
    const listed = ['/archive/', '/archive/2026/', '/sitemap-2026-01.xml', '/sitemap-2026-11.xml', '/sitemap-pages.xml']
    const files = [media, '/assets/logo.svg', '/robots.txt', '/sitemap.xml']
    const texts = ['/posts/when-nats/index.md', '/posts/other/index.md', '/llms.txt', '/feeds.opml']
    const led = ['/nats/', '/old/', '/older/', '/oldest/']
    const doors = ['/feed/', '/rss/', '/rss.xml', '/index.xml', '/search/']
    const styles = [themeOf(view).stylesheet, themeOf(view).feedStylesheet, searchScript]
    const expected = [
      ...posted,
      ...led,
      ...listed,
      ...texts,
      ...doors,
      ...styles.map(({name}) => `/_/${name}`),
      ...terms,
      ...feeds,
      ...files,
    ].toSorted()
    expect([...(await publishFresh(view)).keys()]).toEqual(expected)
  })

  test('links are led to where things are, below the base path; what leads nowhere is text', async () => {
    const html = await textAt(view, '/posts/when-nats/')
    expect(html).toContain('<a href="/blog/posts/other/#why">the other</a>')
    expect(html).toContain('<a href="/blog/about/">us</a>')
    expect(html).toContain(`src="/blog${media}"`)
    expect(html).toContain('<a>gone</a>')
    expect(html).toContain('When &lt;NATS&gt;')
    expect(html).toContain('href="/blog/authors/platform/"')
    expect(html).toContain('Platform desk')
    expect(html).toContain('action="https://x.example/letters/subscribe"')
  })

  test('feeds have whole posts with absolute URLs, permanent ids and the time of the newest change', async () => {
    const feed = parseRssFeed(await textAt(view, '/feed.xml'))
    expect(feed.lastBuildDate).toBe('Tue, 03 Nov 2026 09:00:00 GMT')
    expect(feed.items?.map(({link}) => link)).toEqual([
      'https://x.example/blog/posts/when-nats/',
      'https://x.example/blog/posts/other/',
    ])
    expect(feed.items?.[0]?.content?.encoded).toContain(`src="https://x.example/blog${media}"`)
    expect(feed.items?.[0]?.guid?.value).toMatch(/^urn:uuid:/)
    expect(feed.items?.[0]?.dc?.creators).toEqual(['Platform desk'])
    const moved = viewOf({...small, settings: {...small.settings, permalink: '/:year/:slug/'}}, 'https://y.example/')
    const feedMoved = parseRssFeed(await textAt(moved, '/feed.xml'))
    expect(feedMoved.items?.map(({guid}) => guid)).toEqual(feed.items?.map(({guid}) => guid))
    expect(feedMoved.items?.[0]?.link).toBe('https://y.example/2026/when-nats/')
  })

  test('every page announces the three feeds, a tag its own before them', async () => {
    for (const address of ['/', '/about/', '/posts/other/', '/archive/2026/', '/404.html'])
      for (const name of ['feed.xml', 'atom.xml', 'feed.json'])
        expect(await textAt(view, address), address).toMatch(
          new RegExp(`<link rel="alternate" type="[a-z/+]+" title="[^"]*" href="/blog/${name}">`),
        )
    const tag = await textAt(view, '/tags/queues/')
    expect(tag.indexOf('/blog/tags/queues/feed.xml')).toBeLessThan(tag.indexOf('"/blog/feed.xml'))
    expect(tag).toContain('/blog/tags/queues/feed.xml')
  })

  test('a former address leads to where the post is now, a line of redirects.yaml to where it says', async () => {
    expect(await textAt(view, '/nats/')).toContain('https://x.example/blog/posts/when-nats/')
    expect(await textAt(view, '/old/')).toContain('https://elsewhere.example/')
  })

  test('a redirect over others leads where they end, in one step', async () => {
    expect(await textAt(view, '/older/')).toContain('url=https://elsewhere.example/#part"')
    expect(await textAt(view, '/oldest/')).toContain('url=https://x.example/blog/posts/when-nats/?x=1"')
  })

  test('sitemaps tell the last change of content, by local month', async () => {
    expect(await textAt(view, '/sitemap.xml')).toBe(`<?xml version="1.0" encoding="utf-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://x.example/blog/sitemap-pages.xml</loc></sitemap>
<sitemap><loc>https://x.example/blog/sitemap-2026-11.xml</loc><lastmod>2026-11-02T08:00:00.000Z</lastmod></sitemap>
<sitemap><loc>https://x.example/blog/sitemap-2026-01.xml</loc><lastmod>2026-11-03T09:00:00.000Z</lastmod></sitemap>
</sitemapindex>
`)
    expect(await textAt(view, '/robots.txt')).toContain('Sitemap: https://x.example/blog/sitemap.xml')
  })

  test.each([
    ['/', 'text/html; charset=utf-8', 'public, max-age=0, must-revalidate'],
    ['/posts/other/', 'text/html; charset=utf-8', 'public, max-age=0, must-revalidate'],
    ['/feed.xml', 'application/xml; charset=utf-8', 'public, max-age=300'],
    ['/atom.xml', 'application/xml; charset=utf-8', 'public, max-age=300'],
    ['/feed.json', 'application/feed+json; charset=utf-8', 'public, max-age=300'],
    ['/sitemap.xml', 'application/xml; charset=utf-8', 'public, max-age=3600'],
    ['/robots.txt', 'text/plain; charset=utf-8', 'public, max-age=3600'],
    ['/assets/logo.svg', 'image/svg+xml; charset=utf-8', 'public, max-age=3600'],
    [media, 'image/svg+xml; charset=utf-8', 'public, max-age=31536000, immutable'],
    [`/_/${themeOf(view).stylesheet.name}`, 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is %s, %s', async (address, contentType, cacheControl) => {
    const output = await buildOutput({address}, view, themeOf(view))
    expect(output?.headers).toEqual({contentType, cacheControl})
  })

  test('files are named by their hash for the publisher to copy', async () => {
    expect(await buildOutput({address: media}, view, themeOf(view))).toMatchObject({
      key: media.slice(1),
      blob: sha256('<svg/>'),
    })
  })

  test.each([
    '/posts/draft/',
    '/archive/2026/11/',
    '/tags/none/',
    '/tags/none/feed.xml',
    '/sitemap-2026-02.xml',
    '/assets/none.svg',
    `/media/${sha256('<svg></svg>').slice(0, 12)}/secret.svg`,
    '/_/style.00000000.css',
  ])('there is nothing at %s', async (address) => {
    expect(await buildOutput({address}, view, themeOf(view))).toBeUndefined()
  })

  test('a link that leads nowhere is told with its place and a cure', async () => {
    const source = await view.postFrom('posts/when-nats/index.md')
    const fragment = await view.fragment(source?.fragmentKey ?? '')
    if (source === undefined || fragment === undefined) throw new Error('the post is missing')
    expect(linkTargets(source.path, fragment)).toContain('posts/when-nats/map.svg')
    expect(await brokenLinks(view, {path: source.path, fragment})).toEqual([
      {
        severity: 'warning',
        code: 'link.anchor',
        file: 'posts/when-nats/index.md',
        line: 4,
        column: 5,
        message: 'Nothing in posts/other.md is called "#why": the link leads to its beginning.',
        cure: 'Link to a heading by its words, in lower case and with hyphens, or give the place an id.',
      },
      {
        severity: 'warning',
        code: 'link.broken',
        file: 'posts/when-nats/index.md',
        line: 6,
        column: 1,
        message: 'Nothing that is published is at "./gone.md": the link is left out.',
        cure: 'Correct the path, which is read from the folder of this file, or publish what it leads to.',
      },
    ])
  })

  test('a redirect that does nothing is told', async () => {
    const redirects = [
      {from: '/a/', to: '/nowhere/'},
      {from: '/about/', to: '/posts/other/'},
      {from: '/feed.xml', to: '/posts/other/'},
      {from: '/x/', to: '/a/'},
      {from: '/ring/', to: '/ring/'},
    ]
    const codes = (await brokenRedirects(viewOf({...small, redirects}))).map(({code}) => code)
    expect(codes).toEqual(['redirect.broken', 'redirect.taken', 'redirect.taken', 'redirect.broken', 'redirect.broken'])
  })
})

test('a post without its fragment ends the build and names the post', async () => {
  const view = viewOf(small)
  const one = await view.postAt('/posts/other/')
  if (one === undefined) throw new Error('the post is missing')
  const without = createArrayView({settings: view.settings, site: view.site, posts: [one], fragments: new Map()})
  await expect(buildOutput({address: '/posts/other/'}, without, themeOf(without))).rejects.toMatchObject({
    code: 'site.fragment-missing',
    kind: 'bug',
  })
})

test('an empty site has a front page, an archive and feeds all the same', async () => {
  const view = viewOf(siteState())
  const live = await publishFresh(view, themeOf(view))
  expect([...live.keys()]).toEqual(expect.arrayContaining(['/', '/archive/', '/feed.xml', '/404.html']))
})

test('waves put files first, then new paths, then changed ones, then what announces them', () => {
  const wave = (address: string, isNew: boolean) => waveOf(specOf(address), isNew)
  expect(wave('/_/style.00000000.css', true)).toBe(1)
  expect(wave(media, false)).toBe(1)
  expect(wave('/posts/x/', true)).toBe(2)
  expect(wave('/posts/x/', false)).toBe(3)
  expect(wave('/', false)).toBe(3)
  expect(wave('/tags/nats/', true)).toBe(2)
  expect(wave('/tags/nats/feed.xml', true)).toBe(2)
  expect(wave('/tags/nats/feed.xml', false)).toBe(4)
  expect(wave('/sitemap-2026-11.xml', true)).toBe(2)
  expect(wave('/sitemap.xml', false)).toBe(4)
})

test('where readers begin comes after everything it leads to, on the first publish too', () => {
  const wave = (address: string) => waveOf(specOf(address), true)
  expect(wave('/')).toBe(3)
  for (const address of ['/feed.xml', '/atom.xml', '/feed.json', '/sitemap.xml']) expect(wave(address)).toBe(4)
})

describe('a long tag', () => {
  const many = Array.from({length: 120}, (_, n) =>
    post({slug: `n${n}`, tags: ['Queues'], date: at('2025-12-01T12:00:00Z') + n * 86_400_000}),
  )
  const view = viewOf(siteState({posts: posts(...many)}))

  test('shows its newest fifty and its years, and all of them below', async () => {
    const html = await textAt(view, '/tags/queues/')
    expect(html.match(/href="\/blog\/posts\/n\d+\/"/g)?.length).toBe(50)
    expect(html).toContain('href="/blog/tags/queues/2026/"')
    expect(html).toContain('href="/blog/tags/queues/2025/"')
    const year = await textAt(view, '/tags/queues/2026/')
    expect(year).toContain('href="/blog/tags/queues/2026/02/"')
    expect(year).not.toContain('/blog/posts/')
  })

  test('keeps every post reachable through the archive', async () => {
    const live = await publishFresh(view, themeOf(view))
    const archive = [...live].filter(([address]) => address.startsWith('/archive/20')).map(([, output]) => output)
    for (const {slug} of many) expect(archive.some((html) => html.includes(`/blog/posts/${slug}/`))).toBe(true)
  })
})
