import {expect, test} from 'vitest'
import {cacheControlOf, cacheKindOf, contentTypeOf, defaultHeaders} from './index.ts'

test.each([
  ['posts/hello/index.html', 'text/html; charset=utf-8'],
  ['posts/hello/index.md', 'text/markdown; charset=utf-8'],
  ['feed.xml', 'application/xml; charset=utf-8'],
  ['tags/nats/atom.xml', 'application/xml; charset=utf-8'],
  ['feed.json', 'application/feed+json; charset=utf-8'],
  ['sitemap.xml', 'application/xml; charset=utf-8'],
  ['data.json', 'application/json; charset=utf-8'],
  ['robots.txt', 'text/plain; charset=utf-8'],
  ['style.css', 'text/css; charset=utf-8'],
  ['app.js', 'text/javascript; charset=utf-8'],
  ['site.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['logo.svg', 'image/svg+xml; charset=utf-8'],
  ['photo.avif', 'image/avif'],
  ['photo.JPG', 'image/jpeg'],
  ['font.woff2', 'font/woff2'],
  ['CNAME', 'application/octet-stream'],
  ['.well-known/security', 'application/octet-stream'],
])('%s is served as %s', (path, type) => {
  expect(contentTypeOf(path)).toBe(type)
})

test.each([
  ['index.html', 'page'],
  ['404.html', 'page'],
  ['posts/hello/index.md', 'page'],
  ['feed.xml', 'feed'],
  ['tags/a/feed.json', 'feed'],
  ['sitemap.xml', 'asset'],
  ['assets/logo.png', 'asset'],
  ['assets/photo.20261102.jpg', 'asset'],
  ['style.1a2b3c4d.css', 'immutable'],
  ['media/0123456789ab/photo.jpg', 'immutable'],
  ['media/0123456789ab/v1/720.avif', 'immutable'],
  ['media/photo.jpg', 'asset'],
])('%s is cached as %s', (path, kind) => {
  expect(cacheKindOf(path)).toBe(kind)
})

test('only what can never change may be kept without asking for long', () => {
  expect(defaultHeaders('index.html').cacheControl).toBe('public, max-age=0, must-revalidate')
  expect(cacheControlOf('immutable')).toContain('immutable')
})
