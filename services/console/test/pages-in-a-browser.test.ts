import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {run} from '@broadside/cli'
import type {Ledger} from '@broadside/ledger'
import {createHttpServer, createLogger, type HttpServer} from '@broadside/runtime'
import {until} from '@broadside/testkit'
import {findChromium} from '@broadside/testkit/browser'
import axe from 'axe-core'
import {chromium, type Browser, type Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createConsole} from '../src/index.ts'
import {openTestLedger, startedAt} from '../src/test-ledger.ts'

const log = createLogger({service: 'console', level: 'silent'})
let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({executablePath: await findChromium(), args: ['--no-sandbox', '--disable-gpu']})
}, 600_000)
afterAll(() => browser.close())

/** Opens a page; what the browser says against it is gathered. */
async function open(url: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage(options)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(url)
  return {page, said}
}

/** What axe finds on the page itself; what stands in its frames is tried where it is made. */
async function violations(page: Page): Promise<{id: string; nodes: string[]}[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    type Found = {violations: {id: string; nodes: {html: string}[]}[]}
    const {axe: tool} = globalThis as unknown as {axe: {run: (what: object) => Promise<Found>}}
    const found = await tool.run({iframes: false})
    return found.violations.map(({id, nodes}) => ({id, nodes: nodes.map(({html}) => html.slice(0, 200))}))
  })
}

describe('the studio', () => {
  const end = new AbortController()
  let root: string
  let url: string
  let ended: Promise<number>
  const of = 'posts/first.md'
  const text = (body: string) =>
    `---\ntitle: First\ndate: 2026-11-01\ndraft: true\n---\n\n${body}\n\n${'More.\n\n'.repeat(80)}`
  const save = (content: string) => writeFile(join(root, of), content)

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'broadside-studio-page-'))
    await mkdir(join(root, 'posts'))
    await writeFile(join(root, 'broadside.yaml'), 'title: Notes\nnewsletter: true\n')
    await writeFile(join(root, 'posts/second.md'), '---\ntitle: Second\ndate: 2026-11-02\n---\n\nWords.\n')
    await save(text('Written words. [Second](second.md)'))
    let said = ''
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _, done) {
        said += chunk
        done()
      },
    })
    const env = {XDG_CACHE_HOME: join(root, '.cache')}
    ended = run(['dev', root, '--port', '0'], {stdout: stream, stderr: stream, env, cwd: root, signal: end.signal})
    url = await until('it says where it is', () => /^http\S+/m.exec(said)?.[0])
  })
  afterAll(async () => {
    end.abort()
    expect(await ended).toBe(0)
    await rm(root, {recursive: true})
  })

  const frame = (page: Page, name: string) => page.frameLocator(`[data-frame=${name}]`)
  const inFrame = (page: Page, name: string, words: string) => frame(page, name).locator('p', {hasText: words})

  test('shows page, feed and mail side by side, and what is saved, where it was scrolled to', async () => {
    const {page, said} = await open(`${url}#${encodeURIComponent(of)}`, {viewport: {width: 2400, height: 900}})
    await page.getByText('draft', {exact: true}).first().waitFor()
    for (const name of ['page', 'feed', 'light', 'dark', 'narrow'])
      await inFrame(page, name, 'Written words.').waitFor()
    await page.locator('[data-text]').getByText('Written words.').waitFor()
    await page.locator('[data-source]').getByText('<item>').waitFor()
    const inner = "document.querySelector('[data-frame=page]').contentWindow"
    await page.evaluate(`${inner}.scrollTo(0, 300)`)
    await save(text('Other words. [Second](second.md)'))
    for (const name of ['page', 'feed', 'light', 'dark', 'narrow']) await inFrame(page, name, 'Other words.').waitFor()
    await until('it is where it was', async () => (await page.evaluate(`${inner}.scrollY`)) === 300)
    expect(await violations(page)).toEqual([])
    expect(said).toEqual([])
    await page.close()
  })

  test('lays what is broken over the page with its line, and goes with who follows a link', async () => {
    const {page} = await open(`${url}#${encodeURIComponent(of)}`, {colorScheme: 'dark'})
    await save(text('Good words. [Second](second.md)'))
    await inFrame(page, 'page', 'Good words.').waitFor()
    await save(text('Broken words.').replace('2026-11-01', '31/12/2026'))
    await page.locator('.problems pre').getByText('> 3 | date: 31/12/2026').waitFor()
    await page.getByText('shown as it was before').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await inFrame(page, 'page', 'Good words.').count()).toBe(1)
    await save(text('Well again. [Second](second.md)'))
    await page.locator('.problems').waitFor({state: 'hidden'})
    await frame(page, 'page').getByRole('link', {name: 'Second'}).first().click()
    await page.getByRole('heading', {level: 1, name: 'Second'}).waitFor()
    await page.getByRole('searchbox').fill('first')
    await page.getByRole('listitem').filter({hasText: 'Second'}).waitFor({state: 'detached'})
    await page.close()
  })
})

describe('the console', () => {
  let ledger: Ledger
  let http: HttpServer
  beforeAll(async () => {
    ledger = await openTestLedger()
    const {routes} = createConsole({ledger, clock: {now: () => startedAt + 120_000}, log})
    http = createHttpServer({name: 'console', host: '127.0.0.1', port: 0, log, routes})
    await http.start()
  })
  afterAll(async () => {
    await http.stop()
    await ledger.close()
  })

  test.each([
    ['/', 'light'],
    ['/sites/notes/revisions/2', 'dark'],
    ['/editions/e1f2a3b4', 'light'],
  ] as const)(
    '%s in the %s has nothing that axe or the browser minds, on a telephone as well',
    async (path, scheme) => {
      const {page, said} = await open(`${http.url()}${path}`, {
        colorScheme: scheme,
        viewport: {width: 360, height: 720},
      })
      expect(await violations(page)).toEqual([])
      const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
      expect(await page.evaluate(isTooWide)).toBe(false)
      expect(said).toEqual([])
      await page.close()
    },
  )

  test('leads from the site to the push, and to its mail', async () => {
    const {page} = await open(`${http.url()}/`)
    await page.getByRole('link', {name: 'notes', exact: true}).first().click()
    await page.getByRole('link', {name: 'Revision 2'}).first().click()
    await page.getByText('A quote is opened').waitFor()
    await page.locator('a[href^="/editions/"]').first().click()
    await page.getByText('the states below add up to 3').waitFor()
    await page.close()
  })
})
