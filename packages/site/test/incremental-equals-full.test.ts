import {seedFor, testSize} from '@broadside/testkit/test-size'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {type SiteView, themeOf} from '../src/index.ts'
import {type Published, publishAffected, publishFresh} from './publish.ts'
import {push, someChange} from './site-changes.ts'
import {siteState, viewOf} from './site-model.ts'

const pushes = fc.array(fc.array(someChange, {minLength: 1, maxLength: 4}), {minLength: 1, maxLength: 8})
const compared = 'site: affected outputs against a fresh publish'
const named = 'site: names on every page'

test('after any history of pushes the affected outputs bring the site to the bytes of a fresh publish', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (history) => {
      const state = siteState()
      let before: SiteView | undefined
      let live: Published = new Map()
      for (const doings of history) {
        const changes = await push(state, doings)
        const after = viewOf(state)
        live = await publishAffected(live, {before, after, changes})
        expect(live).toEqual(await publishFresh(after))
        before = after
      }
    }),
    {numRuns: testSize(compared), seed: seedFor(compared)},
  )
}, 1_800_000)

test('after any history every link, image, feed and stylesheet that a page names is there', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (history) => {
      const state = siteState()
      for (const doings of history) await push(state, doings)
      const view = viewOf(state)
      const site = await publishFresh(view, themeOf(view))
      for (const [address, output] of site) {
        const {body} = JSON.parse(output) as {body: string}
        for (const [, url = ''] of body.matchAll(/(?:href|src|content)="(?:https:\/\/x\.example)?\/blog(\/[^"?#]*)/g))
          expect(site.has(decodeURIComponent(url)), `${address} names ${url}`).toBe(true)
        for (const [, url = ''] of body.matchAll(/(?:srcset="|, )\/blog(\/\S+) \d+w/g))
          expect(site.has(decodeURIComponent(url)), `${address} offers ${url}`).toBe(true)
      }
    }),
    {numRuns: testSize(named), seed: seedFor(named)},
  )
}, 1_800_000)
