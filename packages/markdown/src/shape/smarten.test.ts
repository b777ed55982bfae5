import {expect, test} from 'vitest'
import {joinFragment, renderFragment} from '../index.ts'

const html = (source: string, language = 'en', smartPunctuation = true) =>
  joinFragment(
    renderFragment(source, {file: 'posts/a.md', markdown: {language, smartPunctuation}}),
    ({url}) => url,
    'feed',
  )

test.for([
  ['en', `"It's 'so' good," she said.`, '“It’s ‘so’ good,” she said.'],
  ['en', `the '90s, rock 'n' roll, the dogs' bowls`, 'the ’90s, rock ’n’ roll, the dogs’ bowls'],
  ['en', 'one -- two --- three...', 'one – two — three…'],
  ['en', '("a")', '(“a”)'],
  ['en', '"Wait--"', '“Wait–”'],
  ['de', `"Das ist 'so', nicht?"`, '„Das ist ‚so‘, nicht?“'],
  ['de', `Wie geht's?`, 'Wie geht’s?'],
  ['de-CH', '"Ja"', '«Ja»'],
  ['fr', `"L'eau"`, '«\u202FL’eau\u202F»'],
  ['pt-BR', '"Sim"', '“Sim”'],
  ['xx', '"a"', '“a”'],
])('%s: %s', ([language, source, expected]) => {
  expect(html(source!, language)).toBe(`<p>${expected}</p>`)
})

test('mark-up may run through a quotation', () => {
  expect(html('"*a*" and "b `c`" and **"d"**')).toBe(
    '<p>“<em>a</em>” and “b <code>c</code>” and <strong>“d”</strong></p>',
  )
})

test('code, addresses and attributes stay as they are', () => {
  expect(html('`"--"` [a](b.md?x=--y \'"t"\')\n\n    "..."')).toBe(
    '<p><code>"--"</code> <a href="b.md?x=--y" title="&#x22;t&#x22;">a</a></p>\n<pre><code>"..."\n</code></pre>',
  )
})

test('headings are listed with it, under the ids they have without', () => {
  const headings = (smartPunctuation: boolean) =>
    renderFragment(`# It's "on" -- now`, {file: 'posts/a.md', markdown: {smartPunctuation}}).headings
  expect(headings(true)).toEqual([{depth: 1, id: headings(false)[0]!.id, text: 'It’s “on” – now'}])
})

test('nothing changes unless the site asks', () => {
  expect(html(`"It's" -- ...`, 'en', false)).toBe(`<p>"It's" -- ...</p>`)
})
