import {expect, test} from 'vitest'
import {parseRedirects} from './index.ts'
import {told} from './test-post.ts'

const parse = (text: string) => parseRedirects('redirects.yaml', Buffer.from(text))

test('reads a mapping', () => {
  expect(parse('/old: /new\n/feed: /feed.xml\n/x.html: https://example.org/x?y=1\n/y/: /z/#part\n')).toEqual({
    redirects: [
      {from: '/old/', to: '/new/', status: 301},
      {from: '/feed/', to: '/feed.xml', status: 301},
      {from: '/x.html', to: 'https://example.org/x?y=1', status: 301},
      {from: '/y/', to: '/z/#part', status: 301},
    ],
    diagnostics: [],
  })
})

test('reads a list, and an empty file', () => {
  expect(parse('- {from: /old, to: /new, status: 302}\n').redirects).toEqual([
    {from: '/old/', to: '/new/', status: 302},
  ])
  expect(parse('')).toEqual({redirects: [], diagnostics: []})
})

test.each([
  ['/../x: /y', 'error redirects.bad-value 2:8'],
  ['/x: javascript:alert(1)', 'error redirects.bad-value 2:5'],
  ['/x: //example.org/', 'error redirects.bad-value 2:5'],
  ['/x: y', 'error redirects.bad-value 2:5'],
  ['/x:', 'error redirects.bad-value 2:4'],
  ['/x: /x/', 'error redirects.circle 2:5'],
  ['/ok/: /other', 'error redirects.duplicate-key 2:7'],
])('leaves %j out, says where, and keeps the rest', (text, diagnostic) => {
  const parsed = parse(`/ok: /fine\n${text}\n`)
  expect(parsed.redirects).toEqual([{from: '/ok/', to: '/fine/', status: 301}])
  expect(told(parsed)).toEqual([diagnostic])
})

test('leaves out what leads in a circle, and not what leads into one', () => {
  const parsed = parse('/a: /b\n/b: /c\n/c: /a\n/d: /e\n')
  expect(parsed.redirects.map(({from}) => from)).toEqual(['/d/'])
})

test.each([
  ['- /x', 'error redirects.wrong-type 1:3'],
  ['- {to: /x}', 'error redirects.bad-value 1:3'],
  ['- {from: /x}', 'error redirects.bad-value 1:3'],
  ['- {from: /x, to: /y, status: 303}', 'error redirects.bad-value 1:30'],
  ['just text', 'error redirects.syntax 1'],
  ['a: [', 'error redirects.syntax 1:5'],
])('says what is wrong with %j', (text, diagnostic) => {
  const parsed = parse(text)
  expect(parsed.redirects).toEqual([])
  expect(told(parsed)).toEqual([diagnostic])
})
