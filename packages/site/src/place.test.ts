import fc from 'fast-check'
import {expect, test} from 'vitest'
import {addressOf, type Place, placeOf} from './place.ts'

const key = fc.constantFrom('nats', 'c-plus-plus', '2026', 'über', 'feed')
const shelf = fc.oneof(
  fc.constant({kind: 'all' as const}),
  fc.record({kind: fc.constantFrom('tag' as const, 'author' as const), key}),
)
const period = fc.constantFrom('', '2026', '2026-11', '2026-11-02')
const place: fc.Arbitrary<Exclude<Place, {kind: 'content'}>> = fc.oneof(
  fc.record({kind: fc.constantFrom('front', 'robots', 'not-found')}),
  fc.record({kind: fc.constant('list'), shelf, period}),
  fc.record({kind: fc.constant('feed'), shelf, format: fc.constantFrom('rss', 'atom', 'json')}),
  fc.record({kind: fc.constant('sitemap'), part: fc.constantFrom('index', 'pages', '2026-11')}),
  fc.record({kind: fc.constant('stylesheet'), name: fc.constant('style.0123abcd.css')}),
  fc.record({kind: fc.constant('asset'), path: fc.constantFrom('assets/logo.svg', 'assets/a b/ü.pdf')}),
  fc.record({
    kind: fc.constant('media'),
    hash: fc.constant('0123456789ab'),
    name: fc.constantFrom('map.svg', 'a b.png', '720.avif'),
  }),
  fc.record({
    kind: fc.constant('card'),
    of: fc.constantFrom('/', '/posts/a/', '/2026/11/a.html', '/cards/', '/v1.2/a b/'),
    hash: fc.constant('0123456789ab'),
  }),
  fc.record({
    kind: fc.constant('variant'),
    hash: fc.constant('0123456789ab'),
    version: fc.constantFrom(1, 12),
    width: fc.constantFrom(1, 720),
    format: fc.constantFrom('avif', 'webp'),
  }),
) as never

test('an address and what stands there say the same', () => {
  fc.assert(
    fc.property(place, (one) => {
      expect(placeOf(addressOf(one))).toEqual(one)
    }),
  )
})

test.each([
  ['/posts/when-nats/'],
  ['/about/'],
  ['/tags/'],
  ['/authors/'],
  ['/tags/nats/2026/11/02/05/'],
  ['/archive/26/'],
  ['/media/xyz/map.svg'],
  ['/sitemap-old.xml'],
  ['/feeds/feed.xml'],
])('%s is free for authors', (address) => {
  expect(placeOf(address)).toEqual({kind: 'content'})
})
