import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from '../index.ts'
import type {MarkdownOptions, Variant} from '../index.ts'

const render = (source: string, markdown: MarkdownOptions = {}) =>
  renderFragment(source, {file: 'posts/a.md', markdown})
const html = (source: string, markdown: MarkdownOptions = {}, variant: Variant = 'feed') =>
  joinFragment(render(source, markdown), ({url}) => url, variant)

describe('an alert', () => {
  test('is a note with a title in the language of the site', () => {
    expect(html('> [!WARNING]\n> Hot *pan*.', {language: 'de'})).toBe(
      '<div class="alert alert-warning" role="note">\n<p class="alert-title"><strong>Warnung</strong></p>\n' +
        '<p>Hot <em>pan</em>.</p>\n</div>',
    )
  })

  test.for(['note', 'tip', 'important', 'warning', 'caution'])('may be a %s, in letters of either case', (kind) => {
    expect(html(`> [!${kind}]\n> x`)).toContain(`class="alert alert-${kind}"`)
    expect(html(`> [!${kind.toUpperCase()}]  \n> x`)).toContain(`class="alert alert-${kind}"`)
  })

  test('takes the words of the site', () => {
    expect(html('> [!TIP]\n> x', {words: {tip: 'Good to know'}})).toContain('<strong>Good to know</strong>')
  })

  test('may hold other blocks, and its title is no excerpt', () => {
    const source = '> [!NOTE]\n>\n> - a\n>\n> [!NOTE]\n'
    expect(html(source)).toMatch(/<\/p>\s*<ul>\n<li>a<\/li>\n<\/ul>\n<p>\[!NOTE\]<\/p>/)
    expect(render('> [!NOTE]\n> Said.').excerpt).toBe('Said.')
  })

  test.for(['> [!NOTE] x', '> [!OTHER]\n> x', '> x [!NOTE]', '[!NOTE]\nx', '> [!NOTE]*x*'])('is not %j', (source) => {
    expect(html(source)).not.toContain('alert')
  })
})

describe('a definition list', () => {
  test.for([
    ['a term and what it means', 'Fold\n: To bend paper.', '<dt>Fold</dt>\n<dd>To bend paper.</dd>'],
    ['two terms and two meanings', 'a\nb\n: c\n: d', '<dt>a</dt>\n<dt>b</dt>\n<dd>c</dd>\n<dd>d</dd>'],
    ['mark-up', '*a* `b`\n: **c**\n  d', '<dt><em>a</em> <code>b</code></dt>\n<dd><strong>c</strong>\nd</dd>'],
    ['an empty line after the term', 'a\n\n: b\n\n: c', '<dt>a</dt>\n<dd>b</dd>\n\n<dd>c</dd>'],
  ])('has %s', ([, source, expected]) => {
    expect(html(source!).trim().replace(/\n+/g, '\n')).toBe(`<dl>\n${expected!.replace(/\n+/g, '\n')}\n</dl>`)
  })

  test.for(['a\n:b', 'a : b', ': b', '# a\n\n: b', '```\na\n: b\n```', 'x\n:'])('is not %j', (source) => {
    expect(html(source)).not.toContain('<dl>')
  })
})

describe('a figure', () => {
  test('is an image with a title, alone in its paragraph', () => {
    expect(html('![A fold](a.png "How to *fold*")')).toBe(
      '<figure><img src="a.png" alt="A fold"><figcaption>How to *fold*</figcaption></figure>',
    )
  })

  test('may lead somewhere', () => {
    expect(html('[![a](a.png "b")](c.md)')).toBe(
      '<figure><a href="c.md"><img src="a.png" alt="a"></a><figcaption>b</figcaption></figure>',
    )
  })

  test.for(['![a](a.png)', 'x ![a](a.png "b")', '![a](a.png " ")', '![a](a.png "b") ![c](d.png "e")'])(
    'is not %j',
    (source) => expect(html(source)).not.toContain('figure'),
  )
})

describe('a video or recording', () => {
  test('on a host of the list is a figure with a link, and asks nothing of that host', () => {
    const page = html('https://youtu.be/abcdef12345?si=track&t=90', {}, 'web')
    expect(page).toBe(
      '<figure class="embed embed-youtube">' +
        '<a class="embed-link" href="https://www.youtube.com/watch?v=abcdef12345&#x26;t=90s" rel="noopener external">' +
        'youtube.com/watch?v=abcdef12345&#x26;t=90s</a><figcaption class="embed-host">on YouTube</figcaption></figure>',
    )
    expect(page).not.toMatch(/src=|iframe/)
  })

  test.for([
    ['https://www.youtube.com/watch?v=abcdef12345', 'https://www.youtube.com/watch?v=abcdef12345'],
    ['https://www.youtube.com/shorts/abcdef12345', 'https://www.youtube.com/watch?v=abcdef12345'],
    ['https://vimeo.com/123456', 'https://vimeo.com/123456'],
    ['https://open.spotify.com/episode/4rOoJ6Egrf8K2', 'https://open.spotify.com/episode/4rOoJ6Egrf8K2'],
    ['https://soundcloud.com/some-one/a-song', 'https://soundcloud.com/some-one/a-song'],
    ['https://codepen.io/some-one/pen/abcDEF', 'https://codepen.io/some-one/pen/abcDEF'],
  ])('%s leads to %s', ([source, target]) => {
    expect(html(source!)).toContain(`class="embed-link" href="${target}"`)
  })

  test('takes its name from the title of the link, or from its text where it has a title', () => {
    expect(html('[A talk](https://vimeo.com/1 "video")')).toContain('>A talk</a>')
    expect(html('[https://vimeo.com/1](https://vimeo.com/1 "A talk")')).toContain('>A talk</a>')
    expect(html('[A talk](https://vimeo.com/1)')).not.toContain('figure')
  })

  test('may be written as an iframe, in a text too', () => {
    const frame = '<iframe src="https://player.vimeo.com/video/12?autoplay=1" title="A talk" allow="*"></iframe>'
    expect(html(frame)).toContain(
      '<a class="embed-link" href="https://vimeo.com/12" rel="noopener external">A talk</a>',
    )
    expect(render(frame).diagnostics).toEqual([])
    expect(html(`See ${frame} here`)).toBe(
      '<p>See <a href="https://vimeo.com/12" title="A talk">https://vimeo.com/12</a> here</p>',
    )
  })

  test.for([
    'https://example.org/watch?v=abcdef12345',
    'https://youtube.com.example.org/watch?v=abcdef12345',
    'https://user@youtube.com/watch?v=abcdef12345',
    'https://www.youtube.com/watch?v="><script>',
    'https://www.youtube.com/@channel',
    'See https://vimeo.com/123456',
  ])('is not %s', (source) => {
    expect(html(source)).not.toContain('figure')
  })

  test('in an iframe of another host is removed, and its author is told', () => {
    const fragment = render('<iframe src="https://example.org/"></iframe>')
    expect(fragment.parts.join('')).toBe('')
    expect(fragment.diagnostics.map(({code}) => code)).toEqual(['markdown.unsafe-html'])
  })
})

describe('a task', () => {
  test('has a box with a label on the web, and a sign elsewhere', () => {
    expect(html('- [x] a\n- [ ] b', {}, 'web')).toBe(
      '<ul class="contains-task-list">\n' +
        '<li class="task-list-item"><input type="checkbox" checked disabled aria-label="Done"> a</li>\n' +
        '<li class="task-list-item"><input type="checkbox" disabled aria-label="To do"> b</li>\n</ul>',
    )
    expect(html('- [x] a', {}, 'mail')).toContain('<li class="task-list-item">☑ a</li>')
  })
})

describe('a heading', () => {
  test('ends in a link to itself, on the web alone', () => {
    expect(html('## Über "uns"', {}, 'web')).toBe(
      '<h2 id="über-uns">Über "uns" <a class="anchor" href="#%C3%BCber-uns" ' +
        'aria-label="Link to this section: Über &#x22;uns&#x22;">#</a></h2>',
    )
    expect(html('## Über uns', {}, 'feed')).toBe('<h2 id="über-uns">Über uns</h2>')
  })

  test('has none where the site wants none, nor has the heading of the footnotes', () => {
    expect(html('# A', {headingLinks: false}, 'web')).toBe('<h1 id="a">A</h1>')
    expect(html('a[^1]\n\n[^1]: b', {}, 'web')).not.toContain('anchor')
  })

  test('keeps its id when others come and go', () => {
    const idOf = (source: string) => render(source).headings.find(({text}) => text === 'Setup')?.id
    expect(idOf('## Setup')).toBe(idOf('# New\n\n## Setup\n\n## More'))
  })
})
