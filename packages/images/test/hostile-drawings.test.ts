import {openHostilePage, type HostilePage} from '@broadside/testkit/browser'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {sanitizeSvg} from '../src/svg/sanitize-svg.ts'

/** Drawings that act when a reader opens them by themselves: known ways, each in a document of its own. */
const attacks = [
  '<script>alert(1)</script>',
  '<script type="text/ecmascript"><![CDATA[alert(1)]]></script>',
  '<script href="data:text/javascript,alert(1)"/>',
  '<script xlink:href="data:text/javascript,alert(1)"/>',
  '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
  '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
  '<g xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></g>',
  '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>',
  '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://else.example/"/></foreignObject>',
  '<image href="x" onerror="alert(1)"/>',
  '<image href="https://else.example/spy.png"/>',
  '<image xlink:href="//else.example/spy.png"/>',
  '<use href="https://else.example/x.svg#a"/>',
  '<feImage href="https://else.example/spy.png"/>',
  '<g onload="alert(1)"/>',
  '<a href="javascript:alert(1)"><rect width="99" height="99"/></a>',
  '<a xlink:href="&#106;avascript:alert(1)"><rect width="99" height="99"/></a>',
  '<a><animate attributeName="href" values="javascript:alert(1)"/><rect width="99" height="99"/></a>',
  '<a><set attributeName="xlink:href" to="javascript:alert(1)"/><rect width="99" height="99"/></a>',
  '<animate onbegin="alert(1)" attributeName="x" dur="1s"/>',
  '<set onbegin="alert(1)" attributeName="x" to="1"/>',
  '<rect onclick="alert(1)" onfocus="alert(1)" tabindex="0" width="99" height="99"/>',
  '<style>@import url(https://else.example/x.css);</style>',
  '<style>rect { fill: url(https://else.example/x.svg#a) }</style><rect width="9" height="9"/>',
  '<style>@font-face { font-family: x; src: url(https://else.example/x.woff) } text { font-family: x }</style><text y="9">x</text>',
  '<rect width="9" height="9" style="mask: url(https://else.example/x.svg#a)"/>',
  '<rect width="9" height="9" filter="url(https://else.example/x.svg#a)"/>',
  '<text><![CDATA[</text><script>alert(1)</script>]]></text>',
]

const documentOf = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99">${inside}</svg>`

let browser: HostilePage
beforeAll(async () => {
  browser = await openHostilePage()
}, 60_000)
afterAll(() => browser.close())

test('no drawing does anything in Chromium, even when it is opened by itself', async () => {
  const harm: unknown[] = []
  for (const source of attacks) {
    const found = await browser.try(sanitizeSvg(documentOf(source)).svg, 'image/svg+xml')
    if (found.length > 0) harm.push({source, found})
  }
  expect(harm).toEqual([])
}, 300_000)

test('as their authors drew them most of them do: this test sees what it looks for', async () => {
  let harmful = 0
  const some = attacks.filter((_, at) => at % 3 === 0)
  for (const source of some) {
    if ((await browser.try(documentOf(source), 'image/svg+xml')).length > 0) harmful += 1
  }
  expect(harmful).toBeGreaterThan(some.length / 2)
}, 300_000)
