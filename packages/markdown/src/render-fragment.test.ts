import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from './index.ts'
import type {RenderOptions} from './index.ts'

const file = 'posts/a.md'
const render = (source: string, options: Partial<RenderOptions> = {}) => renderFragment(source, {file, ...options})
const html = (source: string) => joinFragment(render(source), ({url}) => url, 'feed')

describe('Markdown becomes HTML', () => {
  test.for([
    ['a paragraph', 'Plain *and* **bold**.', '<p>Plain <em>and</em> <strong>bold</strong>.</p>'],
    ['a heading with an id', '## Retry budgets', '<h2 id="retry-budgets">Retry budgets</h2>'],
    [
      'code with its language',
      '```ts\nif (a < b) {}\n```',
      '<pre><code class="language-ts">if (a &#x3C; b) {}\n</code></pre>',
    ],
    ['a strike-through', '~~no~~', '<p><del>no</del></p>'],
    ['a bare address', 'https://example.org/', '<p><a href="https://example.org/">https://example.org/</a></p>'],
    ['a mail address', '<ada@example.org>', '<p><a href="mailto:ada@example.org">ada@example.org</a></p>'],
    ['a phone number', '[call](tel:+4930123)', '<p><a href="tel:+4930123">call</a></p>'],
    ['a thematic break where front matter would stand', '---\n\nText', '<hr>\n<p>Text</p>'],
    ['a first-level heading as it is written', '# Title', '<h1 id="title">Title</h1>'],
    [
      'a task list',
      '- [x] done\n- [ ] open',
      '<ul class="contains-task-list">\n' +
        '<li class="task-list-item">☑ done</li>\n' +
        '<li class="task-list-item">☐ open</li>\n</ul>',
    ],
    [
      'a table in a box that scrolls',
      '|a|\n|-|\n|1|',
      '<div class="table" tabindex="0" role="region"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n' +
        '<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table></div>',
    ],
    ['nothing', '', ''],
    ['a byte order mark before a heading', '\uFEFF# Title', '<h1 id="title">Title</h1>'],
    ['half a surrogate pair', 'a\uD800b', '<p>a\uFFFDb</p>'],
    ['Windows line ends', '# A\r\n\r\nb\r\nc\r\n', '<h1 id="a">A</h1>\n<p>b\nc</p>'],
  ])('%s', ([, source, expected]) => {
    expect(html(source!)).toBe(expected)
  })
})

describe('HTML an author writes', () => {
  test.for([
    ['details', '<details open><summary>More</summary>Text</details>'],
    [
      'a figure',
      '<figure class="wide"><img src="https://example.org/a.png" alt="A"><figcaption>A</figcaption></figure>',
    ],
    ['a video', '<video src="a.mp4" poster="a.jpg" controls></video>'],
    ['audio with sources', '<audio controls><source src="a.ogg" type="audio/ogg"></audio>'],
    ['data attributes', '<span data-part="1">x</span>'],
    ['a link that opens apart', '<a href="https://example.org" target="_blank" rel="noopener">x</a>'],
  ])('may contain %s', ([, source]) => {
    const fragment = render(`<div>${source}</div>`)
    expect(joinFragment(fragment, ({url}) => url, 'feed')).toBe(`<div>${source}</div>`)
    expect(fragment.diagnostics).toEqual([])
  })

  test('may open in one block and close in another', () => {
    expect(html('<details>\n\n*Text*\n\n</details>')).toBe('<details>\n<p><em>Text</em></p>\n</details>')
  })
})

describe('headings', () => {
  test('are listed in order, without mark-up and without the heading of the footnotes', () => {
    expect(render('# One `two`[^1]\n\n### Three\n\n[^1]: x').headings).toEqual([
      {depth: 1, id: 'one-two', text: 'One two'},
      {depth: 3, id: 'three', text: 'Three'},
    ])
  })

  test('have ids that are theirs alone', () => {
    const ids = render('# A\n\n# A\n\n# A-1\n\n# !!!\n\n<h2 id="own">B</h2>\n\n# Own').headings.map(({id}) => id)
    expect(ids).toEqual(['a', 'a-1', 'a-1-1', 'section', 'own', 'own-1'])
  })

  test('cannot take the id of a footnote', () => {
    const page = html('x[^1]\n\n<h2 id="user-content-user-content-fnref-1">B</h2>\n\n[^1]: y')
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('user-content-fnref-1')
  })
})

describe('links within the page', () => {
  test.for([
    ['footnotes', 'a[^1] b[^two words] c[^1] d[^ü]\n\n[^1]: x\n\n[^ü]: z'],
    ['ids by hand', '<p id="there">x</p>\n\n[go](#there)'],
    ['names by hand', '<a name="there">x</a>\n\n[go](#there)'],
    ['headings with an id by hand', '<h2 id="there">x</h2>\n\n[go](#there)'],
    ['headings', '[go](#über-uns)\n\n# Über uns'],
  ])('lead somewhere: %s', ([, source]) => {
    const page = html(source!)
    const targets = new Set([...page.matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) expect([targets.has(link), targets.has(decodeURIComponent(link))]).toContain(true)
  })

  test('of footnotes are prefixed exactly once, and labelled in the language of the site', () => {
    const markdown = {language: 'de-AT', words: {footnoteBack: 'Zurück zu {reference}'}}
    const page = render('a[^1] b[^1]\n\n[^1]: x', {markdown}).parts.join('')
    expect(page).toContain('href="#user-content-fn-1" id="user-content-fnref-1"')
    expect(page).toContain('aria-describedby="user-content-footnote-label"')
    expect(page).toContain('id="user-content-footnote-label">Fußnoten</h2>')
    expect(page).toContain('aria-label="Zurück zu 1-2"')
    expect(page).not.toContain('user-content-user-content')
  })
})

describe('excerpt and words', () => {
  test.for([
    ['the first paragraph', '# Title\n\nOne *two*\nthree.[^1]\n\nFour.\n\n[^1]: Five.', 'One two three.', 6],
    ['a paragraph of its own before one in a quote', '> Quoted.\n\nOwn.', 'Own.', 2],
    ['a quote where there is nothing else', '> Quoted.', 'Quoted.', 1],
    ['a paragraph that has text', '![](a.png)\n\nText.', 'Text.', 1],
    ['nothing', '```\nlet a\n```', '', 2],
    ['each character of Chinese as a word', '你好 world', '你好 world', 3],
  ] as const)('%s', ([, source, excerpt, words]) => {
    const fragment = render(source)
    expect([fragment.excerpt, fragment.words]).toEqual([excerpt, words])
  })

  test('an excerpt ends at a word, within 280 characters', () => {
    const {excerpt} = render('wordy, '.repeat(100))
    expect(excerpt).toBe(`${'wordy, '.repeat(39)}wordy…`)
    expect(render('x'.repeat(280)).excerpt).toBe('x'.repeat(280))
    expect(render('x'.repeat(281)).excerpt).toBe(`${'x'.repeat(279)}…`)
    expect(render('😀'.repeat(200)).excerpt).toBe(`${'😀'.repeat(139)}…`)
  })

  test('words that mark-up runs through are one, and blocks do not run together', () => {
    expect(render('un*believ*able\n\n- one\n- two').words).toBe(3)
  })
})

test('HTML nested without end is refused with a cure', () => {
  expect(() => render('<div>'.repeat(100_000))).toThrow(
    expect.objectContaining({code: 'markdown.too-deep', kind: 'invalid', details: {file}}),
  )
})
