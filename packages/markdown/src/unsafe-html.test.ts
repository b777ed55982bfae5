import type {Element} from 'hast'
import {attacks} from '@broadside/testkit/browser'
import rehypeRaw from 'rehype-raw'
import {unified} from 'unified'
import {describe, expect, test} from 'vitest'
import {eachElement} from './each-element.ts'
import {joinFragment, renderFragment} from './index.ts'

const file = 'posts/a.md'

const parseHtml = unified().use(rehypeRaw).freeze()

/** Everything in a page that could run, load code, or be taken for a property of `document`. Formulas are our own. */
function dangersIn(html: string): string[] {
  const dangers: string[] = []
  const tree = parseHtml.runSync({type: 'root', children: [{type: 'raw', value: html}]})
  eachElement(tree, ({tagName, properties}: Element) => {
    if (/^(script|style|iframe|object|embed|svg|form|button|link|meta|base|template|noscript)$/.test(tagName))
      dangers.push(tagName)
    for (const [name, value] of Object.entries(properties)) {
      if (/^on|^style$|^srcdoc$|^formaction$/i.test(name)) dangers.push(`${tagName}.${name}`)
      // oxlint-disable-next-line no-control-regex -- what browsers pass over at the start of an address
      if (/^(javascript|vbscript|data):/i.test(String(value).replace(/[\u0000-\u0020]/g, '')))
        dangers.push(String(value))
      if (name === 'name' && !String(value).startsWith('user-content-')) dangers.push(`name=${String(value)}`)
    }
  })
  return dangers
}

describe.for(['satteri', 'remark'] as const)('with %s', (parser) => {
  test.for(attacks)('nothing is left to run of %s', (source) => {
    const fragment = renderFragment(source, {file, parser})
    for (const variant of ['web', 'feed', 'mail'] as const)
      expect(dangersIn(joinFragment(fragment, ({url}) => url, variant))).toEqual([])
    expect(dangersIn(`${fragment.excerpt}${fragment.headings.map(({id}) => `<p id="${id}">`).join('')}`)).toEqual(
      dangersIn(fragment.excerpt),
    )
  })

  test('attacks in one document, one after the other, do no better', () => {
    const fragment = renderFragment(attacks.join('\n\n'), {file, parser})
    expect(dangersIn(joinFragment(fragment, ({url}) => url, 'web'))).toEqual([])
  })
})

test('the check of this file sees a danger where there is one', () => {
  expect(dangersIn('<p onclick="x"><a href=" java\nscript:x">a</a></p><script></script>')).toHaveLength(3)
})

describe('the author is told what was taken out', () => {
  test('with code, line, column and cure, once for each kind of thing', () => {
    const source =
      'Fine.\n\nText <b onclick="a()">b</b>\n\n<script>a()</script>\n\n<script>b()</script>\n\n[x](javascript:a)'
    expect(renderFragment(source, {file, bodyLine: 8}).diagnostics).toEqual([
      {
        severity: 'warning',
        code: 'markdown.unsafe-html',
        file,
        line: 10,
        column: 6,
        message: 'The attribute onclick of <b> was removed: it is not on the list of allowed HTML.',
        cure: 'Take it out; use a class where it was about looks.',
      },
      {
        severity: 'warning',
        code: 'markdown.unsafe-html',
        file,
        line: 12,
        column: 1,
        message: '<script> was removed: it is not on the list of allowed HTML. It is there 2 times.',
        cure: 'Take it out; how a page looks and works is up to the theme.',
      },
      {
        severity: 'warning',
        code: 'markdown.unsafe-html',
        file,
        line: 16,
        column: 1,
        message: 'The href of <a> was removed: addresses of this kind may not stand in a page.',
        cure: 'Use a relative address or one that begins with https:.',
      },
    ])
  })

  test('and of nothing else', () => {
    const source =
      '# A\n\n- [x] b[^1] ~~c~~ https://d.example e@example.org\n\n|a|\n|:-|\n|b|\n\n```js\n```\n\n' +
      '<table><tr><td align="left" class="x">y</td></tr></table>\n\n<!-- hidden -->\n\n1. x\n\n[^1]: y ![z](z.png "t")'
    expect(renderFragment(source, {file}).diagnostics).toEqual([])
  })
})
