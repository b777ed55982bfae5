import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from './index.ts'

const file = 'posts/a.md'

describe('references', () => {
  test('are the relative ones, with kind, line of the file and column', () => {
    const source = [
      'See [a](../b.md#part "t"), [c](/about/), [d](?q=1) and ![e](<my pic.svg>).',
      '',
      '<video src="v.mp4" poster="v.jpg"></video> <q cite="q.html">x</q>',
      '',
      '[ref]: other.md',
      '[x][ref]',
    ].join('\n')
    const refs = renderFragment(source, {file, bodyLine: 10}).refs
    expect(refs.map(({kind, attribute, url, line, column}) => [kind, attribute, url, line, column])).toEqual([
      ['link', 'href', '../b.md#part', 10, 5],
      ['link', 'href', '/about/', 10, 28],
      ['link', 'href', '?q=1', 10, 42],
      ['image', 'src', 'my%20pic.svg', 10, 56],
      ['image', 'src', 'v.mp4', 12, 1],
      ['image', 'poster', 'v.jpg', 12, 1],
      ['link', 'cite', 'q.html', 12, 44],
      ['link', 'href', 'other.md', 15, 1],
    ])
  })

  test.for([
    ['a scheme', '[a](https://example.org/b.md)'],
    ['a mail address', '[a](mailto:ada@example.org)'],
    ['a host without scheme', '[a](//example.org/)'],
    ['a host behind backslashes', '<a href="\\\\example.org">a</a>'],
    ['a host behind a tab', '<a href="/&#9;/example.org">a</a>'],
    ['a part of the page', '[a](#part)'],
    ['an empty address', '[a]()'],
    ['a link in code', '`[a](b.md)`'],
  ])('%s is none', ([, source]) => {
    expect(renderFragment(source!, {file}).refs).toEqual([])
  })

  test('lead where they are told, as attributes that cannot be broken out of', () => {
    const fragment = renderFragment('[a](b.md) ![c](d.png)', {file})
    const page = joinFragment(fragment, ({kind, url}) => `/${kind}/"><script>&${url}`, 'feed')
    expect(page).toBe(
      '<p><a href="/link/&#x22;&#x3E;&#x3C;script&#x3E;&#x26;b.md">a</a> ' +
        '<img src="/image/&#x22;&#x3E;&#x3C;script&#x3E;&#x26;d.png" alt="c"></p>',
    )
  })

  test('that lead nowhere leave their text', () => {
    const fragment = renderFragment('[a](b.md "t") ![c](d.png)', {file})
    expect(joinFragment(fragment, () => undefined, 'mail')).toBe('<p><a title="t">a</a> <img alt="c"></p>')
  })

  test('cannot be forged by an author who knows what the cut looked for last time', () => {
    const before = '[a](b.md)'
    const mark = createHash('sha256').update(before).digest('hex')
    const source = `${before} <a href="${mark}:0" title=' src="${mark}:0"'>x</a> <img src="https://x.org/" alt='" src="${mark}:1"'>`
    const fragment = renderFragment(source, {file})
    expect(fragment.refs.map(({url}) => url)).toEqual(['b.md'])
    expect(fragment.parts.filter((part) => typeof part !== 'string' && 'ref' in part)).toEqual([{ref: 0}])
    expect(fragment.parts.join('')).toContain(mark)
  })
})

describe('variants', () => {
  const fragment = renderFragment('![a](https://example.org/a.png) ![b](b.png)\n\n<img src="c.png" loading="eager">', {
    file,
  })

  test('on the web images below the first are loaded late, unless their author said otherwise', () => {
    expect(joinFragment(fragment, ({url}) => url, 'web')).toBe(
      '<p><img src="https://example.org/a.png" alt="a"> ' +
        '<img src="b.png" alt="b" loading="lazy" decoding="async"></p>\n' +
        '<img src="c.png" loading="eager" decoding="async">',
    )
  })

  test.for(['feed', 'mail'] as const)('in a %s nothing is loaded late', (variant) => {
    expect(joinFragment(fragment, ({url}) => url, variant)).toBe(
      '<p><img src="https://example.org/a.png" alt="a"> <img src="b.png" alt="b"></p>\n<img src="c.png" loading="eager">',
    )
  })
})

test('a fragment survives being kept as JSON', () => {
  const fragment = renderFragment('# A\n\n[a](b.md) ![c](d.png) ![e](f.png) <script></script>', {file})
  expect(JSON.parse(JSON.stringify(fragment))).toEqual(fragment)
})
