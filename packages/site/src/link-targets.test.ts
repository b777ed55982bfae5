import {expect, test} from 'vitest'
import {linkTargets, refNames} from './link-targets.ts'

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

test('the index has every name once, sorted', () => {
  const ref = {kind: 'link', attribute: 'href', line: 1, column: 1} as const
  const refs = [
    {...ref, url: '../b.md'},
    {...ref, url: '../a.md#x'},
    {...ref, url: '../b.md#y'},
  ]
  expect(linkTargets(file, {refs})).toEqual(['posts/a.md', 'posts/b.md'])
})
