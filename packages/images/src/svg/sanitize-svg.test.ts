import fc from 'fast-check'
import {expect, test} from 'vitest'
import {sanitizeSvg} from './sanitize-svg.ts'

const svg = (inside: string, attributes = '') => `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>${inside}</svg>`
const inside = (source: string) => sanitizeSvg(source).svg.replace(/^<svg[^>]*>|<\/svg>\n$/g, '')

test('a drawing keeps its shapes, texts, colours, gradients and movement', () => {
  const drawn =
    '<title id="t">A &amp; B</title><style>.a { fill: url(#g) } @media (prefers-color-scheme: dark) { .a { fill: #fff } }</style>' +
    '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>' +
    '<g class="a" transform="translate(1 2)"><path d="M0 0h1" stroke-width="2"/><text x="1" xml:space="preserve"> a  b</text></g>' +
    '<use href="#t"/><circle r="1"><animate attributeName="r" values="1;2" dur="1s"/></circle>'
  expect(inside(svg(drawn, ' viewBox="0 0 9 9" role="img" aria-labelledby="t"'))).toBe(drawn)
})

test('a reference in the old spelling is one in the new', () => {
  expect(inside(svg('<use xlink:href="#a"/>', ' xmlns:xlink="http://www.w3.org/1999/xlink"'))).toBe('<use href="#a"/>')
})

test('an embedded picture stays, and an embedded drawing or page does not', () => {
  const picture = '<image href="data:image/png;base64,iVBORw0KGgo="/>'
  expect(inside(svg(picture))).toBe(picture)
  for (const href of [
    'data:image/svg+xml;base64,AAAA',
    'data:text/html,x',
    'https://else.example/x.png',
    '//else.example',
  ])
    expect(inside(svg(`<image href="${href}"/>`))).toBe('<image/>')
})

test.for([
  ['<script>alert(1)</script>', '<script>'],
  ['<script href="data:,alert(1)"/>', '<script>'],
  ['<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>', '<foreignObject>'],
  ['<iframe src="https://else.example/"/>', '<iframe>'],
  ['<handler type="text/ecmascript">alert(1)</handler>', '<handler>'],
  ['<set attributeName="onmouseover" to="alert(1)"/>', '<set>'],
  ['<animate attributeName="href" values="javascript:alert(1)"/>', '<animate>'],
  ['<style>@import "https://else.example/x.css";</style>', '<style>'],
  ['<style>.a { background: url(https://else.example/x) }</style>', '<style>'],
  ['<style>.a { background: u\\72l(https://else.example/x) }</style>', '<style>'],
  ['<style>.a { background: image-set("https://else.example/x" 1x) }</style>', '<style>'],
])('%s goes', ([hostile, named]) => {
  const {svg: safe, removed} = sanitizeSvg(svg(`${hostile!}<path/>`))
  expect(safe).not.toMatch(/alert|else\.example|javascript/)
  expect(removed).toEqual([named])
})

test.for([
  ['<path onclick="alert(1)"/>', 'onclick'],
  ['<path ONLOAD="alert(1)"/>', 'ONLOAD'],
  ['<a href="javascript:alert(1)"><path/></a>', undefined],
  ['<use href="https://else.example/x.svg#a"/>', 'href'],
  ['<use xlink:href="data:image/svg+xml,x#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>', 'xlink:href'],
  ['<path style="fill: url(https://else.example/x)"/>', 'style'],
  ['<path fill="url(https://else.example/x#a)"/>', 'fill'],
  ['<path filter="url(\'//else.example/x#a\')"/>', 'filter'],
])('of %s only the shape stays', ([hostile, named]) => {
  const {svg: safe, removed} = sanitizeSvg(svg(hostile!))
  expect(safe).not.toMatch(/alert|else\.example|javascript|data:/)
  expect(removed).toEqual(named === undefined ? [] : [named])
})

test('what drawing programs note for themselves goes without a word', () => {
  const source = svg(
    '<metadata>x</metadata><sodipodi:namedview id="n"/><path inkscape:label="a"/><!-- c -->',
    ' xmlns:inkscape="http://i.example" xmlns:sodipodi="http://s.example"',
  )
  expect(sanitizeSvg(`<?xml version="1.0"?><?xml-stylesheet href="x"?>${source}`)).toMatchObject({
    svg: '<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>\n',
    removed: [],
  })
})

test('another namespace makes an allowed name no page', () => {
  expect(inside(svg('<g xmlns="http://www.w3.org/1999/xhtml"><style>a</style></g>'))).toBe('<g><style>a</style></g>')
})

test.for([
  ['no XML', 'This is text.', 'Root element is missing'],
  ['a page', '<html><svg/></html>', 'its outermost element is not svg'],
  ['not closed', '<svg><g></svg>', 'Missing end tag'],
  ['entities', '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>', "isn't defined"],
  ['very deep', `<svg>${'<g>'.repeat(100_000)}${'</g>'.repeat(100_000)}</svg>`, 'call stack'],
])('%s is refused', ([, source, reason]) => {
  expect(() => sanitizeSvg(source!)).toThrow(reason!)
})

test('uses of uses that unfold to millions are refused, and what uses itself is drawn once', () => {
  const levels = Array.from({length: 8}, (_, n) => `<g id="l${n + 1}">${`<use href="#l${n}"/>`.repeat(10)}</g>`)
  expect(() => sanitizeSvg(svg(`<path id="l0"/>${levels.join('')}`))).toThrow('it unfolds to more than')
  expect(() => sanitizeSvg(svg('<g id="a"><use href="#a"/></g>'))).not.toThrow()
})

test('sanitising twice gives the same', () => {
  const piece = fc.constantFrom(
    '<path d="M0&#10;0" onclick="x"/>',
    'a &lt; b &amp; "c"',
    '<style>.a &gt; b { fill: url(#x) }</style>',
    '<a href="x">t</a>',
    '<![CDATA[<script>]]>',
    '<g><text xml:space="preserve">\t&#13; x</text></g>',
    '<script/>',
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const once = sanitizeSvg(svg(pieces.join(''))).svg
      expect(sanitizeSvg(once)).toMatchObject({svg: once, removed: []})
    }),
  )
})
