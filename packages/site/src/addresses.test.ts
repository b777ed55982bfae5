import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {createUrls, keyOf, normaliseAddress, pageAddress, postAddress} from './addresses.ts'

describe('normaliseAddress', () => {
  test.each([
    ['old/post', '/old/post/'],
    ['/old//post/index.html', '/old/post/'],
    ['/old/post?x=1#y', '/old/post/'],
    ['/2019/x.html', '/2019/x.html'],
    ['/releases/v1.2', '/releases/v1.2/'],
    ['/r%C3%A9sum%C3%A9', '/résumé/'],
    ['/re\u0301sume\u0301/', '/résumé/'],
    ['/%zz/', '/%zz/'],
    ['/../../etc/passwd', '/etc/passwd/'],
    ['/%2e%2e/%2fetc', '/etc/'],
    ['/a\u0000b/', '/ab/'],
    ['', '/'],
    ['/index.html', '/'],
  ])('%s becomes %s', (given, expected) => {
    expect(normaliseAddress(given)).toBe(expected)
  })

  test('gives an address that stays inside and that any URL can carry, whatever it is given', () => {
    const piece = fc.oneof(
      fc.string({unit: 'binary', maxLength: 4}),
      fc.constantFrom('/', '..', '.', '%2e', '\ud800', '%'),
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 8}), (pieces) => {
        const address = normaliseAddress(pieces.join(''))
        expect(address).toMatch(/^\//)
        expect(address.split('/')).not.toContain('..')
        expect(keyOf(address)).not.toMatch(/^\/|\/\/|\p{Cc}/u)
        expect(URL.canParse(createUrls('https://x.example/').absolute(address))).toBe(true)
      }),
    )
  })
})

describe('addresses of posts and pages', () => {
  test('fill the pattern with the slug and the day', () => {
    expect(postAddress('/posts/:slug/', {slug: 'when-nats'}, '2026-11-02')).toBe('/posts/when-nats/')
    expect(postAddress('/:year/:month/:day/:slug.html', {slug: 'x'}, '2026-11-02')).toBe('/2026/11/02/x.html')
    expect(postAddress('/posts/:slug/', {slug: 'x', permalink: '/Notes/:slug'}, '2026-11-02')).toBe('/Notes/x/')
  })

  test('keep what a slug has, signs of URLs among it', () => {
    expect(postAddress('/posts/:slug/', {slug: 'wie-schön?'}, '2026-11-02')).toBe('/posts/wie-schön?/')
  })

  test('follow the folders of pages', () => {
    expect(pageAddress({slug: 'team/jobs'})).toBe('/team/jobs/')
  })
})

test('keys are files below the site', () => {
  expect(['/', '/posts/x/', '/feed.xml', '/404.html'].map(keyOf)).toEqual([
    'index.html',
    'posts/x/index.html',
    'feed.xml',
    '404.html',
  ])
})

test('URLs have the base path and are percent-encoded', () => {
  const urls = createUrls('https://x.example/blog/')
  expect(urls.path('/posts/wie-schön?/')).toBe('/blog/posts/wie-sch%C3%B6n%3F/')
  expect(urls.absolute('/')).toBe('https://x.example/blog/')
  expect(createUrls('https://x.example').path('/about/')).toBe('/about/')
})
