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
/** The titles that are offered below the field. */
const offered = (page: Page) => page.getByRole('option').allTextContents()

/** What a screen reader is told of the field, and which option it would read. */
const stateOf = async (page: Page) => {
  const field = page.getByRole('combobox')
  const named = await field.getAttribute('aria-activedescendant')
  const chosen = await page
    .locator('[role=option][aria-selected=true]')
    .getAttribute('id', {timeout: 50})
    .catch(() => null)
  expect(named).toBe(chosen)
  return {open: await field.getAttribute('aria-expanded'), option: named === null ? undefined : Number(named.at(-1))}
}

const told = (page: Page, text: string) => page.getByRole('status').filter({hasText: text}).waitFor()

test('a word that is typed finds its post, by keyboard alone, and Enter follows it', async () => {
  const {page, said} = await openSearch()
  await page.getByRole('combobox', {name: 'Words to look for'}).focus()
  await page.keyboard.type('pager')
  await told(page, 'Found: 1')
  expect(await offered(page)).toEqual(['Half past two: what the pager said'])
  await page.keyboard.press('Enter')
  await page.waitForFunction("document.querySelector('.found a') !== null")
  expect(await offered(page)).toEqual([])
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

test('titles are offered while somebody types, by the keys of a combobox', async () => {
  const {page} = await openSearch()
  const field = page.getByRole('combobox', {name: 'Words to look for'})
  expect(await stateOf(page)).toEqual({open: 'false', option: undefined})
  await field.focus()
  await page.keyboard.type('script')
  await told(page, 'Found: 4')
  const listbox = page.getByRole('listbox', {name: 'Words to look for'})
  expect(await listbox.getAttribute('id')).toBe(await field.getAttribute('aria-controls'))
  expect(await listbox.getByRole('option').count()).toBe(4)
  const after = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
    const {open, option} = await stateOf(page)
    return open === 'true' ? (option ?? 'open') : 'closed'
  }
  expect(await after()).toBe('open')
  expect(await after('ArrowDown', 'ArrowDown')).toBe(1)
  expect(await after('ArrowUp', 'ArrowUp')).toBe(3)
  expect(await after('ArrowDown')).toBe(0)
  expect(await after('ArrowLeft')).toBe('open')
  expect(await after('ArrowDown', 'Escape')).toBe('closed')
  expect(await field.inputValue()).toBe('script')
  expect(await after('ArrowUp')).toBe(3)
  expect(await after('Alt+ArrowUp')).toBe('closed')
  expect(await after('Alt+ArrowDown')).toBe('open')
  expect(await after('Tab')).toBe('closed')
  expect(await page.evaluate('document.activeElement?.tagName')).toBe('BUTTON')
  await field.focus()
  expect(await after('ArrowDown', 'Escape', 'Escape')).toBe('closed')
  expect(await field.inputValue()).toBe('')
  await page.keyboard.type('pager')
  await page.getByRole('option', {name: 'Half past two'}).click()
  await page.waitForURL('**/posts/b/')
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
    await page.getByRole('combobox').fill(query)
    await page.getByRole('combobox').press('Enter')
    await page.waitForFunction(`document.querySelector('.found a')?.textContent === ${JSON.stringify(first)}`)
    await told(page, `Found: ${count}`)
  }
  await page.getByRole('combobox').fill('zebra')
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
    const violations = () =>
      page.evaluate(async () => {
        const {axe: tool} = globalThis as unknown as {axe: {run: () => Promise<{violations: {id: string}[]}>}}
        return (await tool.run()).violations.map(({id}) => id)
      })
    expect(await violations()).toEqual([])
    await page.getByRole('combobox').press('End')
    await page.keyboard.type(' ')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await violations()).toEqual([])
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
  await page.getByRole('combobox').fill('pager')
  await told(page, 'Found: 1')
  await page.route(/\/search\/.*\.json$/, (route) => route.fulfill({status: 404, body: ''}))
  await page.getByRole('combobox').fill('kafka')
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
  await page.getByRole('combobox').fill('kafka')
  await page.getByRole('option').waitFor()
  expect(await offered(page)).toEqual([hostile])
  await page.getByRole('combobox').press('Enter')
  await page.waitForFunction("document.querySelector('.found a') !== null")
  expect(await found(page)).toEqual([hostile])
  expect(await page.locator('main img').count()).toBe(0)
  await page.close()
})

test('without script the page says so, and leads to the archive', async () => {
  const {page} = await openSearch('', {javaScriptEnabled: false})
  expect(await page.locator('noscript').textContent()).toContain('Searching needs JavaScript')
  expect(await page.locator('noscript a').getAttribute('href')).toBe('/archive/')
  await page.close()
})
