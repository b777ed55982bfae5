import {expect, test} from 'vitest'
import {edition} from './builders.ts'
import {composeDigest} from './compose-digest.ts'
import {composeEdition} from './compose-edition.ts'
import {preflight} from './preflight.ts'

const links = (html: string) => [...html.matchAll(/<a [^>]*?href="([^"]*)"/g)].map(([, href]) => href)
const pictures = (html: string) => [...html.matchAll(/<img [^>]*?src="([^"]*)"/g)].map(([, src]) => src)
const html = '<p><a href="/more/?a=1&amp;b=2">more</a> <a href="mailto:me@x.example">me</a></p>'
const counting = {
  linkFor: (url: string) => `https://people.example/c/t/${Buffer.from(url).toString('base64url')}`,
  pixelUrl: 'https://people.example/o/t.gif',
}
const url = 'https://field-notes.example/posts/when-nats/'

test('where a site does not ask for it no link is counted and no picture added, in editions and digests', () => {
  const plain = composeEdition(edition({post: {html}}))
  expect(plain.counts).toBeUndefined()
  expect(links(plain.html)).toEqual([
    'https://field-notes.example/',
    url,
    'https://field-notes.example/more/?a=1&amp;b=2',
    'mailto:me@x.example',
    url,
    '\u0001preferences-url\u0001',
    '\u0001unsubscribe-url\u0001',
  ])
  const {post, ...about} = edition()
  const digest = composeDigest({...about, posts: [post]})
  expect(links(digest.html).slice(1, 3)).toEqual([url, url])
  expect([...pictures(plain.html), ...pictures(digest.html)]).toEqual([])
})

test('counted links of the HTML pass by the counter, and those of the text, to leave and to people do not', () => {
  const {html: made, text, counts, ...rest} = composeEdition(edition({post: {html}, counting}))
  expect(links(made)).toEqual([
    'https://field-notes.example/',
    counting.linkFor(url),
    counting.linkFor('https://field-notes.example/more/?a=1&b=2'),
    'mailto:me@x.example',
    counting.linkFor(url),
    '\u0001preferences-url\u0001',
    '\u0001unsubscribe-url\u0001',
  ])
  expect(pictures(made)).toEqual([counting.pixelUrl])
  expect(text).toBe(composeEdition(edition({post: {html}})).text)
  expect(counts).toEqual({clicks: true, pixelUrl: counting.pixelUrl})
  // The pixel has no words, and needs none.
  expect(preflight({...rest, html: made, text, counts: counts!}, [])).toEqual([])
})

test('addresses that are longer for it count as the bytes of the mail that they are', () => {
  const many = '<p><a href="https://x.example/">x</a></p>'.repeat(20)
  const long = {...counting, linkFor: (to: string) => `${counting.linkFor(to)}${'-'.repeat(500)}`}
  const {html: made} = composeEdition(edition({post: {html: many}, counting: long}), 5_000)
  expect(links(made).length).toBeLessThan(20)
  expect(made).toContain('Read the rest on the web')
})
