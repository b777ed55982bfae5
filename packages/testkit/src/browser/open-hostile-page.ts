import {chromium} from 'playwright-core'
import {findChromium} from './find-chromium.ts'

/** A browser that tells what a page does that no page of ours may. */
export type HostilePage = {
  /** Everything that ran or was asked for from elsewhere, while the document was read and then used by a reader. */
  try(html: string, mediaType?: string): Promise<string[]>
  close(): Promise<void>
}

const origin = 'https://page.test'

/**
 * Opens real Chromium, cut off from every network. A script that calls `alert`, `confirm`, `prompt` or `print`, an
 * address asked for outside the page, and a way out of it each are a finding. After reading a document it does what
 * readers do: points at, focuses, opens and clicks everything.
 */
export async function openHostilePage(): Promise<HostilePage> {
  const executablePath = await findChromium()
  // Where tests run as root there is no sandbox to be had; the pages are our own and reach no network.
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu']})
  // A policy that stops an attack would hide that the page let it in.
  const context = await browser.newContext({bypassCSP: true})
  let page = await context.newPage()
  let findings: string[] = []
  let answer = {html: '', mediaType: 'text/html'}

  await context.exposeBinding('tellTest', (_, what: string) => void findings.push(what))
  await context.addInitScript(inPageBefore)
  await context.route('**/*', async (route) => {
    const url = route.request().url()
    if (url === `${origin}/`) {
      const contentType = `${answer.mediaType}; charset=utf-8`
      return route.fulfill({status: 200, contentType, body: answer.html})
    }
    if (!url.startsWith(`${origin}/`)) findings.push(`asked for ${url}`)
    // A page that is led elsewhere stays where it is; a way to other pages of the site is none out of it.
    if (route.request().isNavigationRequest()) return route.fulfill({status: 204})
    // A picture that is not there fires `error`, which is what many attacks wait for.
    return route.fulfill({status: 404, contentType: 'text/plain', body: ''})
  })

  return {
    async try(html, mediaType = 'text/html') {
      findings = []
      answer = {html, mediaType}
      try {
        await page.goto(`${origin}/`, {waitUntil: 'load', timeout: 20_000})
        await page.evaluate(inPageAfter)
      } catch (error) {
        findings.push(`left the page: ${String(error).split('\n')[0]}`)
      }
      // A page that led away may still be on its way.
      if (findings.length > 0) {
        await page.close()
        page = await context.newPage()
      }
      return [...new Set(findings)]
    },
    close: () => browser.close(),
  }
}

const inPageBefore = `
  for (const name of ['alert', 'confirm', 'prompt', 'print'])
    Object.defineProperty(globalThis, name, {value: () => tellTest(name + '() ran'), writable: false})`

// Links to elsewhere are what pages are for: of links, only those that would run something are a finding.
const inPageAfter = `(async () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0))
  const events = 'mouseover mouseenter pointerover focus toggle wheel contextmenu copy'.split(' ')
  await settle()
  for (const element of document.querySelectorAll('*')) {
    for (const name of events) element.dispatchEvent(new Event(name, {bubbles: true}))
    element.focus?.()
    if (element.localName === 'details') element.open = true
    const address = ['href', 'xlink:href', 'action', 'formaction'].map((name) => element.getAttribute(name)).find(Boolean)
    const protocol = address === undefined ? '' : URL.parse(address, document.baseURI)?.protocol
    if (protocol === 'javascript:' || protocol === 'vbscript:') tellTest('leads to ' + address)
    if (element.localName !== 'a' && element.localName !== 'area') element.click?.()
  }
  await settle()
})()`
