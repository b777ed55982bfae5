import {composeEdition} from '@broadside/mail'
import {renderFragment, joinFragment} from '@broadside/markdown'
import axe from 'axe-core'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {renderBody} from '../src/index.ts'
import {openBrowser} from './open-browser.ts'
import {idOf} from './site-model.ts'
import {specimenView} from './specimen-site.ts'

const wide = `
| ${'Aufmerksamkeit | '.repeat(9)}
|${'---|'.repeat(9)}
| ${'Wiedervorlage | '.repeat(9)}

\`\`\`
${'no-space-to-break-at'.repeat(10)}
\`\`\`

> > A quotation with \`${'aLongName'.repeat(12)}\` and <https://x.example/${'long/'.repeat(40)}>.
`
/** A picture as large as cameras make them. */
const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000"><rect width="4000" height="3000"/></svg>'

let browser: Browser
let mail: string
beforeAll(async () => {
  browser = await openBrowser()
  const view = specimenView()
  const post = (await view.post(idOf('a')))!
  const fragment = renderFragment(wide, {file: 'posts/wide.md'})
  const html = (await renderBody(view, post, 'mail')) + joinFragment(fragment, () => undefined, 'mail')
  const site = {name: 'x', title: 'Notes from the field', homeUrl: 'https://x.example/', language: 'en'}
  const {day: date, excerpt, meta} = post
  mail = composeEdition({
    site: {...site, postalAddress: '1 Long Lane\nUlm'},
    post: {title: meta.title, url: 'https://x.example/posts/a/', html, date, authors: ['Platform desk'], excerpt},
    subject: meta.title,
    from: {name: 'Notes', address: 'notes@x.example'},
    listId: 'x.example',
    editionId: 'e2',
    correction: {of: {editionId: 'e1', domain: 'x.example'}, sentOn: date, note: 'The date was wrong.'},
  }).html
}, 60_000)
afterAll(() => browser.close())

test.each([
  [375, 'light'],
  [375, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)(
  'a mail of everything fits %i pixels in the %s, is readable, and fetches pictures alone',
  async (width, colorScheme) => {
    const page = await browser.newPage({viewport: {width, height: 800}, colorScheme})
    const fetched: string[] = []
    await page.route('**/*', (route) => {
      fetched.push(route.request().resourceType())
      return route.fulfill({contentType: 'image/svg+xml', body: picture})
    })
    await page.setContent(mail, {waitUntil: 'load'})
    expect(fetched).toEqual(['image', 'image'])
    expect(await beyond(page)).toEqual([])
    expect(await violations(page)).toEqual([])
    const known = page.locator('img[width][height]')
    expect(await known.evaluateAll((images) => images.map((one) => one.getAttribute('alt')))).toContain(
      'The rack at night',
    )
    // As it is on the page: nothing is squeezed that the column makes narrower.
    const box = (await known.first().boundingBox())!
    expect(box.width / box.height).toBeCloseTo(4 / 3, 1)
    await page.close()
  },
  60_000,
)

/** What reaches beyond the right edge, but for what scrolls within it. */
function beyond(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const edge = document.documentElement.clientWidth
    const isOut = (one) => one.getBoundingClientRect().right > edge + 1 && one.closest('[style*="overflow-x"] *') === null
    const out = [...document.querySelectorAll('body *')].filter(isOut).map((one) => one.outerHTML.slice(0, 120))
    return document.documentElement.scrollWidth > edge ? ['the page', ...out] : out
  })()`)
}

/** What axe finds, save that there are no landmarks: a mail is shown within the page of a mail program, which has them. */
async function violations(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(`axe
    .run({rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}})
    .then(({violations}) => violations.map(({id, nodes}) => [id, ...nodes.map(({html}) => html.slice(0, 200))]))`)
}
