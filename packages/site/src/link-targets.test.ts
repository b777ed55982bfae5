import fc from 'fast-check'
import {expect, test} from 'vitest'
import {filedUnder, linkTargets, refNames} from './link-targets.ts'

const file = 'posts/when-nats/index.md'

test.each([
  [
    './diagram.svg',
    ['posts/when-nats/diagram.svg', 'posts/when-nats/diagram.svg.md', 'posts/when-nats/diagram.svg/index.md'],
    '',
  ],
  ['../other.md#part', ['posts/other.md'], '#part'],
  ['../../pages/about.md?x=1', ['pages/about.md'], '?x=1'],
  ['../other/', ['posts/other', 'posts/other.md', 'posts/other/index.md'], ''],
  ['my%20map.md', ['posts/when-nats/my map.md'], ''],
  ['/about', ['/about/', 'about', 'about.md', 'about/index.md'], ''],
  ['/posts/other.md', ['/posts/other.md', 'posts/other.md'], ''],
  ['?x', [file], '?x'],
  ['../../../etc/passwd', [], ''],
  ['../../', [], ''],
])('%s can mean %j', (url, names, suffix) => {
  expect(refNames(file, {url})).toEqual({names, suffix})
})

test('the index has what is written, once and sorted', () => {
  const ref = {kind: 'link', attribute: 'href', line: 1, column: 1} as const
  const refs = [
    {...ref, url: '../b.md'},
    {...ref, url: '../a.md#x'},
    {...ref, url: '../b.md#y'},
    {...ref, url: '/posts/c'},
    {...ref, url: '../d/'},
  ]
  expect(linkTargets(file, {refs})).toEqual(['/posts/c/', 'posts/a.md', 'posts/b.md', 'posts/c', 'posts/d'])
})

test('a reference is found by every name that it can mean, and by no other', () => {
  const parts = fc.constantFrom('a', 'a.md', 'index', 'index.md', 'a.md.md', 'a.png', 'A', '%41', 'a b')
  const paths = fc.array(parts, {minLength: 1, maxLength: 3}).map((names) => names.join('/'))
  const urls = fc.tuple(fc.constantFrom('', '/', '../', './'), paths, fc.constantFrom('', '/', '#x', '?y'))
  const targets = fc.tuple(
    fc.constantFrom('', '/', 'posts/', 'posts/when-nats/'),
    paths,
    fc.constantFrom('', '/', '.md', '/index.md'),
  )
  let found = 0
  fc.assert(
    fc.property(urls, targets, (url, other) => {
      const ref = {kind: 'link', attribute: 'href', line: 1, column: 1, url: url.join('')} as const
      const {names} = refNames(file, ref)
      const index = new Set(linkTargets(file, {refs: [ref]}))
      for (const target of [...names, other.join('')]) {
        const isFound = filedUnder(target).some((name) => index.has(name))
        expect(isFound).toBe(names.includes(target))
        if (isFound && target === other.join('')) found += 1
      }
    }),
    {numRuns: 5_000},
  )
  expect(found).toBeGreaterThan(10)
})
