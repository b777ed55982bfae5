import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment, type ImageTarget} from './index.ts'

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
      '<p><img src="https://example.org/a.png" alt="a" fetchpriority="high"> ' +
        '<img src="b.png" alt="b" loading="lazy" decoding="async"></p>\n' +
        '<img src="c.png" loading="eager" decoding="async">',
    )
  })

  test.for(['feed', 'mail'] as const)('in a %s nothing is loaded late', (variant) => {
    expect(joinFragment(fragment, ({url}) => url, variant)).toBe(
      '<p><img src="https://example.org/a.png" alt="a"> <img src="b.png" alt="b"></p>\n<img src="c.png">',
    )
  })
})

describe('what is aligned', () => {
  const join = (source: string, variant: 'web' | 'feed' | 'mail') =>
    joinFragment(renderFragment(source, {file}), ({url}) => ({url}), variant)
  const table = '|a|b|\n|-:|:-:|\n|c|d|'

  test('has a class on the web', () => {
    const html = join(table, 'web')
    expect(html).toContain('<th class="align-right">a</th>\n<th class="align-center">b</th>')
    expect(html).toContain('<td class="align-right">c</td>\n<td class="align-center">d</td>')
  })

  test.for(['feed', 'mail'] as const)('has an attribute in a %s, where classes mean nothing', (variant) => {
    expect(join(table, variant)).toContain('<td align="right">c</td>\n<td align="center">d</td>')
  })

  test('keeps its own class beside it, and an alignment nobody knows is left out', () => {
    expect(join('<p class="x" align="Right">a</p>\n\n<p align="&quot;><b>">b</p>', 'web')).toBe(
      '<p class="x align-right">a</p>\n<p>b</p>',
    )
    expect(join('<img align="left" src="https://example.org/a.png" alt="">', 'web')).toContain('class="align-left"')
  })
})

describe('an image whose size is known', () => {
  const variants = [480, 720].map((width) => ({url: `/v/${width}.avif`, width}))
  const image = {width: 4000, height: 3000, sources: [{type: 'image/avif', variants}], column: 684, margins: 54}
  const shown = (source: string, variant: 'web' | 'feed', given: Partial<ImageTarget> = {}) =>
    joinFragment(renderFragment(source, {file}), ({url}) => ({url, image: {...image, ...given}}), variant).trim()

  test('says it, and offers its variants on the web', () => {
    expect(shown('![a "b"](x.jpg)', 'web')).toBe(
      '<p><picture><source type="image/avif" srcset="/v/480.avif 480w, /v/720.avif 720w" ' +
        'sizes="(max-width: 738px) calc(100vw - 54px), 684px">' +
        '<img src="x.jpg" alt="a &#x22;b&#x22;" width="4000" height="3000" fetchpriority="high"></picture></p>',
    )
  })

  test('is a plain image in a feed', () => {
    expect(shown('![a](x.jpg)', 'feed')).toBe('<p><img src="x.jpg" alt="a" width="4000" height="3000"></p>')
  })

  test('without variants is a plain image on the web too', () => {
    expect(shown('![a](x.svg)', 'web', {sources: []})).toBe(
      '<p><img src="x.svg" alt="a" width="4000" height="3000" fetchpriority="high"></p>',
    )
  })

  test.for([
    ['width="400"', 'width="400" height="300"', '(max-width: 454px) calc(100vw - 54px), 400px'],
    ['height="300"', 'width="400" height="300"', '(max-width: 738px) calc(100vw - 54px), 684px'],
    ['width="400" height="10"', 'width="400" height="10"', '(max-width: 454px) calc(100vw - 54px), 400px'],
    ['width="50%"', 'width="50%"', '(max-width: 738px) calc(100vw - 54px), 684px'],
  ])('keeps what its author says: %s', ([given, size, sizes]) => {
    const html = shown(`<img src="x.jpg" ${given!}>`, 'web')
    expect(html).toContain(`<img src="x.jpg" ${size!} fetchpriority="high">`)
    expect(html).toContain(`sizes="${sizes!}"`)
  })

  test('in a picture of its author stands for itself', () => {
    expect(shown('<picture><img src="x.jpg"></picture>', 'web')).toBe(
      '<p><picture><img src="x.jpg" width="4000" height="3000" fetchpriority="high"></picture></p>',
    )
  })

  test('keeps its link and its caption around it', () => {
    expect(shown('[![a](x.jpg "t")](x.jpg)', 'feed')).toBe(
      '<figure><a href="x.jpg"><img src="x.jpg" alt="a" width="4000" height="3000"></a><figcaption>t</figcaption></figure>',
    )
  })
})

test('a fragment survives being kept as JSON', () => {
  const fragment = renderFragment('# A\n\n[a](b.md) ![c](d.png) ![e](f.png) <script></script>', {file})
  expect(JSON.parse(JSON.stringify(fragment))).toEqual(fragment)
})
