import fc from 'fast-check'
import type {Root} from 'hast'
import {toHast} from 'mdast-util-to-hast'
import rehypeRaw from 'rehype-raw'
import {unified} from 'unified'
import {expect, test} from 'vitest'
import {parseMarkdown} from './parse-markdown.ts'
import {parseRawHtml} from './parse-raw-html.ts'
import {printTree} from './print-tree.ts'
import {sanitizeTree} from './sanitize-tree.ts'

const parser = unified().use(rehypeRaw).freeze()
const treeOf = (source: string) => toHast(parseMarkdown(source), {allowDangerousHtml: true}) as Root

/** Parsing writes out attributes without a value, and joins line breaks between blocks; neither means anything. */
const printed = (tree: Root) => printTree(sanitizeTree(tree)).replaceAll('=""', '').replace(/\n+/g, '\n')
const expectEqual = (source: string) => {
  expect(printed(parseRawHtml(treeOf(source)))).toBe(printed(parser.runSync(treeOf(source))))
}

test('a document without HTML is not touched', () => {
  const tree = treeOf('# a\n\n- b\n\n```\n\nc\n```')
  expect(parseRawHtml(tree)).toEqual(tree)
})

test('blocks without HTML are not parsed, whatever stands beside them', () => {
  const tree = treeOf('a\n\n<div>b</div>\n\nc <b>d</b>\n\ne')
  const parsed = parseRawHtml(tree)
  expect(parsed.children.at(0)).toBe(tree.children.at(0))
  expect(parsed.children.at(-1)).toBe(tree.children.at(-1))
  expect(printed(parsed)).toBe('<p>a</p>\n<div>b</div>\n<p>c <b>d</b></p>\n<p>e</p>')
})

test('elements keep the places they were written at', () => {
  const {children} = parseRawHtml(treeOf('a\n\nb <i>c</i>\n\n<u>d</u>'))
  const places = children.flatMap((node) => (node.type === 'element' ? [node.position?.start.line] : []))
  expect(places).toEqual([1, 3, 5])
})

test.for([
  'a\n\n<div>\n\n*b*\n\n</div>\n\nc',
  'a <b>b\n\nc\n\nd',
  'a\n\n<table>\n\nb\n\n</table>\n\nc',
  'a\n\n<tr><td>b</td></tr>\n\nc',
  '<tr><td>b</td></tr>\n\nc\n\n<td>d</td>',
  '</p>\n\n<p>a\n\n</p>',
  'a\n\n<form>\n\n<form>\n\nb <i>',
  'a\n\n<table><form></table>\n\n<form>b</form>',
  'a\n\n<textarea>\n\nb\n\n<b>c</b>',
  'a\n\n<a href="x">\n\n[b](c)\n\n<a href="y">d',
  'a\n\n<!-- b\n\nc --> d\n\ne <b',
  '- a <b>\n- c\n\nd <i>e</i>',
  'a\n\n<plaintext>\n\nb',
  '<!-- a -->\n\n<td>b',
  'a <tr>\n\n<p> b\n\nc',
])('%j comes out as if the whole document had been parsed', (source) => expectEqual(source))

test('so does any document put together at random', () => {
  const tag = fc.constantFrom(
    ...'a b div p table tr td details summary form select option textarea script iframe title svg math template ul li h2 pre code'.split(
      ' ',
    ),
  )
  const html = fc.oneof(
    tag.map((name) => `<${name}>`),
    tag.map((name) => `</${name}>`),
    tag.map((name) => `<${name}>x</${name}>`),
    fc.constantFrom('<br>', '<!-- c -->', '<!--', '-->', '<img src=x', '&amp;', '<td class="a">'),
  )
  const word = fc.constantFrom('one', '*two*', '[three](four)', '`five`')
  const line = fc.array(fc.oneof({weight: 3, arbitrary: word}, html), {minLength: 1, maxLength: 4})
  const block = fc.oneof(
    line.map((parts) => parts.join(' ')),
    html.map((text) => `${text}\n`),
    line.map((parts) => `- ${parts.join(' ')}`),
    line.map((parts) => `> ${parts.join(' ')}`),
    fc.constantFrom('plain', '# title', '|a|b|\n|-|-|\n|c|d|'),
  )
  fc.assert(
    fc.property(fc.array(block, {maxLength: 6}), (blocks) => expectEqual(blocks.join('\n\n'))),
    {numRuns: 500},
  )
}, 600_000)
