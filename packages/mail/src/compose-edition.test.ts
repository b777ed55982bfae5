import {describe, expect, test} from 'vitest'
import {edition} from './builders.ts'
import {composeEdition} from './compose-edition.ts'

const compose = (...args: Parameters<typeof edition>) => composeEdition(edition(...args))
const ofPost = (html: string) => compose({post: {html}})

describe('composeEdition', () => {
  test('is frozen plain JSON, and the same for the same input', () => {
    const message = compose()
    expect(Object.isFrozen(message)).toBe(true)
    expect(JSON.parse(JSON.stringify(message))).toEqual(message)
    expect(compose()).toEqual(message)
  })

  test('shows title, date, authors, post, the way to the web, the way out and the address, in HTML and in text', () => {
    const {html, text} = compose()
    for (const part of [html, text]) {
      for (const words of [
        'Notes from the field',
        'When NATS and when Kafka',
        '2 November 2026 · by The platform team',
        'replay',
        'Read on the web',
        'https://field-notes.example/posts/when-nats/',
        'because you subscribed',
        '\u0001unsubscribe-url\u0001',
        '1 Long Lane',
      ]) {
        expect(part).toContain(words)
      }
    }
    expect(html).toContain('<em>replay</em>')
    expect(html).toMatch(/<div style="display:none[^>]*>Ask who must replay\.<\/div>/)
    expect(html).toContain('prefers-color-scheme:dark')
  })

  test('speaks the language of the site, and English where it has no words', () => {
    expect(compose({site: {language: 'de-AT'}}).text).toContain('2. November 2026 · von The platform team')
    expect(compose({site: {language: 'de'}}).html).toContain('Abmelden')
    expect(compose({site: {language: 'fr'}}).text).toContain('2 novembre 2026 · by')
    expect(compose({site: {language: '%%'}}).text).toContain('2 November 2026')
    expect(compose({site: {language: 'he'}}).html).toContain('<html lang="he" dir="rtl">')
  })

  test('leaves out authors and address that are not there', () => {
    const {text} = composeEdition({
      ...edition({post: {authors: []}}),
      site: {name: 's', title: 'S', homeUrl: 'http://s.example', language: 'en'},
    })
    expect(text).toContain('2 November 2026\n')
    expect(text.endsWith('Unsubscribe:\n\u0001unsubscribe-url\u0001\n')).toBe(true)
  })

  test.each([
    ['mail.url.invalid', () => compose({post: {url: 'javascript:alert(1)'}})],
    ['mail.url.invalid', () => compose({site: {homeUrl: '/'}})],
    ['mail.domain.invalid', () => compose({listId: 'x> \r\nBcc: eve@example.net'})],
    ['mail.subject.missing', () => compose({subject: ' \r\n '})],
    ['address.invalid', () => compose({from: {name: 'x', address: 'a@b.org, c@d.org'}})],
    ['address.invalid', () => compose({replyTo: 'a@b.org\r\nBcc: eve@example.net'})],
    ['address.invalid', () => compose({unsubscribeMailto: 'a@b.org>,<https://evil.example'})],
  ])('refuses with %s', (code, act) => {
    expect(act).toThrow(expect.objectContaining({kind: 'invalid', code}))
  })
})

describe('the HTML of a post', () => {
  test.each([
    '<script>alert(1)</script>',
    '<style>body{}</style>',
    '<form action="/x"><button>b</button></form>',
    '<p onclick="alert(1)">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<img src="data:image/svg+xml,x" onerror="alert(1)">',
    '<p style="background:url(https://t.example/p)">x</p>',
    '<p style="position:fixed">x</p>',
    '<p style="background:u&#1;rl(https://t.example/p)">x</p>',
    '<link rel="stylesheet" href="https://t.example">',
    '<meta http-equiv="refresh" content="0">',
    '<svg onload="alert(1)"></svg>',
    '<base href="https://evil.example/">',
    '<object data="x"></object>',
    '<template><script>alert(1)</script></template>',
    '<!-- comment --><p>x</p>',
  ])('%s loses what could run, submit, load or mislead', (hostile) => {
    const {html} = ofPost(`<p>before</p>${hostile}<p>after</p>`)
    const post = html.slice(html.indexOf('before'), html.indexOf('after'))
    expect(post).not.toMatch(
      /<(script|style|form|button|link|meta|svg|base|object|template|!--)|\son\w+=|script:|url\(|position|data:/i,
    )
  })

  test('keeps what mail programs show, with absolute links and inline styles', () => {
    const {html} = ofPost(
      '<p>a <a href="../other/?a=1&amp;b=2" class="x" id="y">b</a> <img src="/i.png" alt="c" width="9"></p>',
    )
    expect(html).toMatch(
      /<p style="[^"]+">a <a href="https:\/\/field-notes.example\/posts\/other\/\?a=1&amp;b=2" style="[^"]+">b<\/a> <img src="https:\/\/field-notes.example\/i.png" alt="c" width="9" style="[^"]+">/,
    )
  })

  test('shows the words of a picture that cannot be shown', () => {
    expect(ofPost('<p>see <img alt="a chart"><img src="data:image/png;base64,AA" alt=" &amp; b"></p>').html).toContain(
      'see a chart &amp; b</p>',
    )
  })

  test('keeps the styles of highlighted code and of aligned cells behind ours', () => {
    const {html} = ofPost(
      '<pre><code><span style="color:#f00">x</span></code></pre><table><tr><td align="right">1</td></tr></table>',
    )
    expect(html).toContain('<span style="color:#f00">x</span>')
    expect(html).toMatch(/<td align="right" style="[^"]+;text-align:right">1<\/td>/)
  })

  test('shows players and embeds as links, tasks as boxes, footnotes as numbers', () => {
    const {html} = ofPost(
      '<iframe src="https://v.example/1"></iframe><video><source src="/v.mp4"></video><ul><li><input type="checkbox" checked disabled> done</li></ul>' +
        '<p>x<sup><a href="#fn-1" data-footnote-ref="">1</a></sup></p><section><h2 id="user-content-footnote-label">Footnotes</h2><a href="#r" data-footnote-backref="">↩</a></section>',
    )
    expect(html).toMatch(/<a href="https:\/\/v.example\/1" style="[^"]+">https:\/\/v.example\/1<\/a>/)
    expect(html).toContain('href="https://field-notes.example/v.mp4"')
    expect(html).toContain('☑ done')
    expect(html).toContain('x<sup>[1]</sup>')
    expect(html).not.toContain('↩')
  })
})

describe('the text of a post', () => {
  test('reads as well as the HTML', () => {
    const {text} =
      ofPost(`<p>Two words with <a href="https://x.example/a?b=1&#x26;c=2">a link</a>, <a href="https://y.example">https://y.example</a> and <code>code</code><sup><a href="#fn-1" data-footnote-ref="">1</a></sup>.</p>
<h2 id="h">A heading</h2>
<p>${'A long paragraph is wrapped at seventy-two characters. '.repeat(2)}</p>
<ul><li>one<ul><li>inner</li></ul></li><li><input type="checkbox" disabled> open</li></ul>
<ol start="3"><li>three</li></ol>
<blockquote><p>quoted</p></blockquote>
<div><table><thead><tr><th>Name</th><th align="right">Size</th></tr></thead><tbody><tr><td>first</td><td align="right">1 kB</td></tr></tbody></table></div>
<pre><code>if (a &#x3C; b) {
  go()

  stop(${'x'.repeat(80)})
}
</code></pre>
<p><img src="https://x.example/i.png" alt="A chart"></p>
<section data-footnotes=""><h2 id="user-content-footnote-label">Footnotes</h2><ol><li id="fn-1"><p>The note. <a href="#r" data-footnote-backref="">↩</a></p></li></ol></section>`)
    expect(text).toBe(`Notes from the field

When NATS and when Kafka
========================
2 November 2026 · by The platform team

Two words with a link <https://x.example/a?b=1&c=2>, https://y.example
and code[1].


## A heading

A long paragraph is wrapped at seventy-two characters. A long paragraph
is wrapped at seventy-two characters.

 - one
   - inner
 - ☐ open

 3. three

> quoted

Name   Size
first  1 kB

    if (a < b) {
      go()

      stop(${'x'.repeat(80)})
    }

[Image: A chart]


## Footnotes

 1. The note.

------------------------

Read on the web:
https://field-notes.example/posts/when-nats/

You get this mail because you subscribed to Notes from the field.

Choose what you get:
\u0001preferences-url\u0001

Unsubscribe:
\u0001unsubscribe-url\u0001

1 Long Lane
Ulm
`)
  })
})

test('a post that is too long for a mail ends in a link to the rest, in both parts, and stays under what Gmail shows', () => {
  const {html, text} = ofPost('<p>One paragraph of many words that say little.</p>'.repeat(2_000))
  expect(Buffer.byteLength(html)).toBeLessThan(102 * 1024)
  expect(html).toContain('>Read the rest on the web</a>')
  expect(html).toContain('Unsubscribe')
  expect(text).toContain('Read the rest on the web:\nhttps://field-notes.example/posts/when-nats/')
  const paragraphs = (part: string) => part.split('One paragraph of many words').length
  expect(paragraphs(html)).toBe(paragraphs(text.replace(/\s+/g, ' ')))
  expect(ofPost('<p>short</p>').html).not.toContain('Read the rest')
})
