import {expect, test} from 'vitest'
import {lintMarkdown} from './lint-markdown.ts'

const told = (body: string) =>
  lintMarkdown(body, {file: 'posts/a.md', bodyLine: 5}).diagnostics.map(
    ({code, line, column}) => `${code} ${line}:${column}`,
  )

test.each([
  ['an image without words', 'See ![](a.png) and ![ok](b.png)', ['image.no-alt 5:5']],
  ['an image of HTML', 'x\n\n<p>\n <img src="a.png"> <img alt="" src="b.png"></p>', ['image.no-alt 8:2']],
  ['a level that is skipped', '## A\n\n#### B\n\n##### C\n\n## D', ['heading.order 7:1']],
  ['a second title', '# Again\n\n## Fine', ['heading.order 5:1']],
  ['what is to come, on any line of a paragraph', 'So far\nTKTK people (TK)', ['text.placeholder 6:1']],
  ['no words that only look so, and no code', 'TKO, ATK, `TK` and tk', []],
])('tells %s', (_, body, expected) => {
  expect(told(body)).toEqual(expected)
})

test('gathers the links out of the site, wherever they are written', () => {
  const {links} = lintMarkdown(
    '[a](https://a.example/) <https://b.example/> [c]\n\n[c]: http://c.example/ "C"\n\n[d](d.md)',
    {
      file: 'posts/a.md',
      bodyLine: 1,
    },
  )
  expect(links.map(({url, line}) => `${line} ${url}`)).toEqual([
    '1 https://a.example/',
    '1 https://b.example/',
    '3 http://c.example/',
  ])
})
