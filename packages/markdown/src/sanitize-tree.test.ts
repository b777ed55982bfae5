import {attacks} from '@broadside/testkit/browser'
import fc from 'fast-check'
import type {Root} from 'hast'
import rehypeRaw from 'rehype-raw'
import rehypeStringify from 'rehype-stringify'
import {unified} from 'unified'
import {describe, expect, test} from 'vitest'
import {joinFragment, markdownWords, renderFragment} from './index.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {sanitizeTree} from './sanitize-tree.ts'
import {toHtmlTree} from './to-html-tree.ts'

const parser = unified().use(rehypeRaw).freeze()
const printer = unified().use(rehypeStringify).freeze()

const parse = (html: string): Root => parser.runSync({type: 'root', children: [{type: 'raw', value: html}]})
const print = (tree: Root): string => printer.stringify(tree)

/**
 * A prefix that is there already is put before ids and names once more, and HTML drops the line end right after `<pre>`
 * with each reading; that is all a second time may do.
 */
const settled = (html: string) => html.replaceAll(/(?:user-content-)+/g, '').replaceAll(/>\n+/g, '>')

function expectFixedPoint(source: string): void {
  const once = print(sanitizeTree(toHtmlTree(parseMarkdown(source), markdownWords())))
  // What a browser reads is settled after one reading: HTML that opens a link in a link has no tree of its own.
  const read = print(sanitizeTree(parse(once)))
  const again = print(sanitizeTree(parse(read)))
  expect(settled(again)).toBe(settled(read))
  expect(shape(parse(read))).toEqual(shape(sanitizeTree(parse(read))))
}

/** Names of elements and attributes, in order: what the sanitiser decides over. */
function shape(tree: Root): string[] {
  const seen: string[] = []
  const visit = (nodes: Root['children']) => {
    for (const node of nodes) {
      if (node.type !== 'element') continue
      seen.push([node.tagName, ...Object.keys(node.properties).sort()].join(' '))
      visit(node.children)
    }
  }
  visit(tree.children)
  return seen
}

describe('what the sanitiser lets through it lets through again', () => {
  test.for(attacks)('%s', (source) => expectFixedPoint(source))

  test('in documents put together at random', () => {
    fc.assert(fc.property(hostileHtml(), expectFixedPoint))
  }, 120_000)

  test('and the whole way gives what a browser reads as it is written', () => {
    fc.assert(
      fc.property(hostileHtml(), (source) => {
        const page = joinFragment(renderFragment(source, {file: 'posts/a.md'}), ({url}) => url, 'web')
        expect(page).not.toMatch(/<(?:script|style|iframe|object|embed|svg|form|link|meta|base|template)\b/i)
        const names = shape(parse(page)).flatMap((line) => line.split(' ').slice(1))
        expect(names.filter((name) => /^on|^style$|^srcDoc$/i.test(name))).toEqual([])
      }),
    )
  }, 120_000)
})

/** Pieces of HTML as attackers put them together: half of them broken, all in each other. */
function hostileHtml(): fc.Arbitrary<string> {
  const names =
    'a b p div span svg math style script title textarea noscript template table tr td select option form mtext ' +
    'mglyph mi foreignObject desc xmp iframe details summary ul li pre code img input video'
  const tag = fc.constantFrom(...names.split(' '))
  const attribute = fc.constantFrom(
    'id=x',
    'name=y',
    'class=z',
    'onclick=alert(1)',
    'style=x',
    'title="</p><img src=x onerror=alert(1)>"',
    'href=javascript:alert(1)',
    'href=a.md',
    'src=x',
    'data-x="-->"',
    'type=checkbox',
    'xlink:href=x',
  )
  const open = fc
    .tuple(tag, fc.array(attribute, {maxLength: 3}))
    .map(([name, list]) => `<${[name, ...list].join(' ')}>`)
  const close = tag.map((name) => `</${name}>`)
  const text = fc.constantFrom(
    'x',
    '*y*',
    '\n\n',
    '<!--',
    '-->',
    '`',
    '[a](b)',
    '&lt;img src=x onerror=alert(1)&gt;',
    ']]>',
  )
  return fc.array(fc.oneof(open, close, text), {maxLength: 14}).map((pieces) => pieces.join(''))
}
