import axe from 'axe-core'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {openBrowser} from './open-browser.ts'
import {type ServedSite, serveSpecimen} from './specimen-site.ts'

let browser: Browser
let site: ServedSite
beforeAll(async () => {
  site = await serveSpecimen()
  browser = await openBrowser()
}, 600_000)
afterAll(async () => {
  await browser.close()
  await site.close()
})

type Options = Parameters<Browser['newPage']>[0]

/** Opens the search page; what the browser says against it is gathered. */
async function openSearch(query = '', options: Options = {}): Promise<{page: Page; said: string[]}> {
  const page = await browser.newPage(options)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(`${site.url}/search/${query}`)
  return {page, said}
}

const found = (page: Page) => page.locator('.found a').allTextContents()
const told = (page: Page, text: string) => page.getByRole('status').filter({hasText: text}).waitFor()

test('a word that is typed finds its post, by keyboard alone, and Enter follows it', async () => {
  const {page, said} = await openSearch()
  await page.getByRole('searchbox', {name: 'Words to look for'}).focus()
  await page.keyboard.type('pager')
  await told(page, 'Found: 1')
  expect(await found(page)).toEqual(['Half past two: what the pager said'])
  expect(await page.locator('.found mark').allTextContents()).toEqual(['pager'])
  expect(new URL(page.url()).search).toBe('?q=pager')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/posts/b/')
  expect(await page.locator('h1').textContent()).toBe('Half past two: what the pager said')
  await page.goBack()
  await told(page, 'Found: 1')
  expect(said).toEqual([])
  await page.close()
})

test('the title counts more than the text, other forms of a word are found, and all words are wanted', async () => {
  const {page} = await openSearch('?q=column')
  await told(page, 'Found: 1')
  for (const [query, first, count] of [
    ['column renaming', 'Expand, then contract: how a column is renamed while everybody writes to it', 1],
    ['script', 'Half past two: what the pager said', 4],
    ['kafka', 'When NATS, when Kafka, and when a table', 1],
    ['ملاحظات', 'ملاحظات من الميدان', 1],
    ['keeping RUNNING', 'When NATS, when Kafka, and when a table', 5],
  ] as const) {
    await page.getByRole('searchbox').fill(query)
    await page.getByRole('searchbox').press('Enter')
    await page.waitForFunction(`document.querySelector('.found a')?.textContent === ${JSON.stringify(first)}`)
    await told(page, `Found: ${count}`)
  }
  await page.getByRole('searchbox').fill('zebra')
  await told(page, 'Nothing found')
  expect(await found(page)).toEqual([])
  await page.close()
})

test.each(['light', 'dark'] as const)(
  'axe finds nothing on results in the %s, and the policy refuses nothing',
  async (colorScheme) => {
    const {page, said} = await openSearch('?q=script', {colorScheme})
    await told(page, 'Found')
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      const {axe: tool} = globalThis as unknown as {axe: {run: () => Promise<{violations: {id: string}[]}>}}
      return (await tool.run()).violations.map(({id}) => id)
    })
    expect(violations).toEqual([])
    expect(said).toEqual([])
    await page.close()
  },
)

test('an index that was renewed while the page was open is asked for anew', async () => {
  const {page} = await openSearch()
  let refused = 0
  await page.route(/\/search\/[0-9a-f]+\.json$/, async (route) => {
    refused += 1
    return refused === 1 ? route.fulfill({status: 404, body: ''}) : route.fallback()
  })
  await page.getByRole('searchbox').fill('pager')
  await told(page, 'Found: 1')
  await page.route(/\/search\/.*\.json$/, (route) => route.fulfill({status: 404, body: ''}))
  await page.getByRole('searchbox').fill('kafka')
  await told(page, 'Found: 1')
  await page.reload()
  await told(page, 'The search is not there at the moment')
  await page.close()
})

test('what stands in posts is shown as text', async () => {
  const {page} = await openSearch()
  const hostile = '<img src=x onerror=alert(1)>kafka'
  await page.route(/\/search\/[0-9a-f]+\.json$/, async (route) => {
    const answer = await route.fetch()
    const body: unknown = await answer.json()
    if (!Array.isArray(body)) return route.fulfill({response: answer})
    return route.fulfill({response: answer, json: body.map(([url]: string[]) => [url, hostile, hostile, hostile])})
  })
  await page.getByRole('searchbox').fill('kafka')
  await told(page, 'Found: 1')
  expect(await found(page)).toEqual([hostile])
  expect(await page.locator('.found img').count()).toBe(0)
  await page.close()
})

test('without script the page says so, and leads to the archive', async () => {
  const {page} = await openSearch('', {javaScriptEnabled: false})
  expect(await page.locator('noscript').textContent()).toContain('Searching needs JavaScript')
  expect(await page.locator('noscript a').getAttribute('href')).toBe('/archive/')
  await page.close()
})
