import {attacks, openHostilePage, type HostilePage} from '@broadside/testkit/browser'
import {sampleFor} from '@broadside/testkit/test-size'
import rehypeStringify from 'rehype-stringify'
import {unified} from 'unified'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {joinFragment, markdownWords, renderFragment} from '../src/index.ts'
import {parseMarkdown} from '../src/parse-markdown.ts'
import {toHtmlTree} from '../src/to-html-tree.ts'

const printer = unified().use(rehypeStringify, {allowDangerousHtml: true}).freeze()
const markdown = {math: true, smartPunctuation: true, lineNumbers: true}
/** Each by itself; the next test has all of them in one document. */
const tried = sampleFor('markdown: attacks in a browser', attacks)
const variants = ['web', 'feed', 'mail'] as const

let browser: HostilePage
beforeAll(async () => {
  browser = await openHostilePage()
}, 600_000)
afterAll(() => browser.close())

const pageOf = (body: string) => `<!doctype html><html><head><title>x</title></head><body>${body}</body></html>`

/** Each different HTML that the variants of a document have. */
function safePages(source: string): string[] {
  const fragment = renderFragment(source, {file: 'posts/a.md', markdown})
  return [...new Set(variants.map((variant) => joinFragment(fragment, ({url}) => url, variant)))]
}

test('no attack does anything in Chromium, in any variant', async () => {
  const harm: unknown[] = []
  for (const source of tried)
    for (const page of safePages(source)) {
      const found = await browser.try(pageOf(page))
      if (found.length > 0) harm.push({source, found})
    }
  expect(harm).toEqual([])
}, 300_000)

test('nor do all of them in one document', async () => {
  for (const page of safePages(attacks.join('\n\n'))) expect(await browser.try(pageOf(page))).toEqual([])
}, 120_000)

test('without the sanitiser most of them do: this test sees what it looks for', async () => {
  let harmful = 0
  const some = tried.filter((_, at) => at % 4 === 0)
  for (const source of some) {
    const unsafe = printer.stringify(toHtmlTree(parseMarkdown(source, 'satteri', {math: true}), markdownWords()))
    if ((await browser.try(pageOf(unsafe))).length > 0) harmful += 1
  }
  expect(harmful).toBeGreaterThan(some.length / 2)
}, 300_000)
