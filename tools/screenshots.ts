/**
 * Makes screenshots of each kind of page, light, dark, on paper's width and a telephone's, for people to look at:
 * `node tools/screenshots.ts [folder]`, by default `.cache/screenshots`, which git ignores.
 */
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {openBrowser} from '../packages/site/test/open-browser.ts'
import {pageKinds, serveSpecimen} from '../packages/site/test/specimen-site.ts'

const folder = process.argv[2] ?? '.cache/screenshots'
const looks = [
  {name: 'light', colorScheme: 'light', viewport: {width: 1280, height: 900}},
  {name: 'dark', colorScheme: 'dark', viewport: {width: 1280, height: 900}},
  {name: 'phone', colorScheme: 'light', viewport: {width: 360, height: 740}},
] as const

await mkdir(folder, {recursive: true})
const browser = await openBrowser()
const site = await serveSpecimen()
const feeds = {'feed-rss': '/feed.xml', 'feed-atom': '/atom.xml'}
for (const {name, ...look} of looks) {
  const page = await browser.newPage(look)
  for (const [kind, address] of Object.entries({...pageKinds, ...feeds})) {
    await page.goto(`${site.url}${address}`)
    // A feed is no HTML document, whose whole height could be measured.
    await page.screenshot({path: join(folder, `${kind}-${name}.png`), fullPage: !(kind in feeds)})
  }
  await page.close()
}
await browser.close()
await site.close()
process.stdout.write(`${folder}\n`)
