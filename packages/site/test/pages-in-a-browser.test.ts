import {sampleFor} from '@broadside/testkit/test-size'
import axe from 'axe-core'
import {HtmlValidate} from 'html-validate'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openBrowser} from './open-browser.ts'
import {pageKinds, type ServedSite, serveSpecimen} from './specimen-site.ts'

const kinds = Object.entries(pageKinds)
const few = sampleFor('site: kinds of page in a second look', kinds)
let browser: Browser
let sites: Record<'en' | 'de', ServedSite>

beforeAll(async () => {
  sites = {en: await serveSpecimen('en'), de: await serveSpecimen('de')}
  browser = await openBrowser()
}, 600_000)
afterAll(async () => {
  await browser.close()
  await Promise.all(Object.values(sites).map((site) => site.close()))
})

/** Opens a page and gives what the browser had to say against it: errors, and what its policy refused. */
async function open(
  address: string,
  options: Parameters<Browser['newPage']>[0],
): Promise<{page: Page; said: string[]}> {
  const page = await browser.newPage(options)
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'log') said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(address)
  return {page, said}
}

describe.each([
  ['light', kinds],
  ['dark', few],
] as const)('in the %s', (colorScheme, shown) => {
  test.each(shown)(
    'axe finds nothing on %s, and its policy refuses nothing',
    async (_, address) => {
      const {page, said} = await open(`${sites.en.url}${address}`, {colorScheme})
      expect(said).toEqual([])
      // Through the debugger, which a page's policy does not bind.
      await page.evaluate(axe.source)
      const found = await page.evaluate(async () => {
        const {axe: tool} = globalThis as unknown as {axe: {run: () => Promise<{violations: Violation[]}>}}
        type Violation = {id: string; nodes: {html: string; failureSummary?: string}[]}
        const {violations} = await tool.run()
        return violations.map(({id, nodes}) => ({id, nodes: nodes.map(({html}) => html.slice(0, 200))}))
      })
      expect(found).toEqual([])
      await page.close()
    },
    60_000,
  )
})

describe.each([
  ['en', [...kinds, ['redirect', '/old/'] as const]],
  ['de', few],
] as const)('in %s', (language, shown) => {
  const validator = new HtmlValidate({
    extends: ['html-validate:standard'],
    rules: {
      // A matter of taste, and ours is without.
      'doctype-style': 'off',
      'no-trailing-whitespace': 'off',
      'void-style': 'off',
      // Names that authors choose are theirs.
      'valid-id': ['error', {relaxed: true}],
      // Headings of posts are long.
      'long-title': 'off',
    },
  })

  test.each(shown)('%s is valid HTML', async (_, address) => {
    const html = await (await fetch(`${sites[language].url}${address}`)).text()
    const {results} = await validator.validateString(html)
    const lines = html.split('\n')
    const told = results.flatMap(({messages}) =>
      messages.map(({ruleId, message, line}) => `${ruleId}: ${message}: ${lines[line - 1]?.trim().slice(0, 160)}`),
    )
    expect(told).toEqual([])
  })
})

test.each(['/feed.xml', '/atom.xml'])('%s is readable in a browser, without a warning', async (address) => {
  const {page, said} = await open(`${sites.en.url}${address}`, {})
  expect(said).toEqual([])
  const shown = (selector: string) => page.evaluate(`getComputedStyle(document.querySelector('${selector}')).display`)
  expect(await page.evaluate("getComputedStyle(document.documentElement, '::before').content")).toContain(
    'This is a feed',
  )
  expect([await shown('title'), await shown('link')]).toEqual(['block', 'none'])
  await page.close()
})

test('a choice among words is as high as the fields beside it', async () => {
  const {page} = await open(`${sites.en.url}${pageKinds.form}`, {})
  const heightOf = (selector: string) => page.evaluate(`document.querySelector('${selector}').offsetHeight`)
  expect(await heightOf('select')).toBe(await heightOf('input[type=text]'))
  await page.close()
})

test('a keyboard meets the skip link first, which leads to the content, then name and navigation', async () => {
  const {page} = await open(`${sites.en.url}/posts/a/`, {})
  const focused = () => page.evaluate('document.activeElement.textContent.trim()')
  const order: unknown[] = []
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('Tab')
    order.push(await focused())
  }
  expect(order).toEqual(['Skip to the content', 'Notes from the field', 'Posts', 'About'])
  await page.locator('.skip').focus()
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
  await page.close()
})

test.each(few)('%s fits a telephone: nothing makes the page scroll sideways', async (_, address) => {
  const {page} = await open(`${sites.en.url}${address}`, {viewport: {width: 320, height: 640}})
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(beyond).toBe(0)
  await page.close()
})
