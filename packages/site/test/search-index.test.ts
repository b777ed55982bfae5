import {seedFor, testSize} from '@broadside/testkit/test-size'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {
  type BuiltOutput,
  buildSearchIndex,
  buildSearchSegment,
  searchPeriods,
  type SiteView,
  touchedPeriods,
} from '../src/index.ts'
import {push, someChange} from './site-changes.ts'
import {at, idOf, post, settingsOf, siteState, viewOf} from './site-model.ts'

const pushes = fc.array(fc.array(someChange, {minLength: 1, maxLength: 4}), {minLength: 1, maxLength: 6})
const compared = 'site: search index against a fresh one'

test('after any history of pushes the segments that were touched make the index that a fresh one is', async () => {
  const most = 2
  await fc.assert(
    fc.asyncProperty(pushes, async (history) => {
      const state = siteState()
      let before: SiteView | undefined
      let kept = new Map<string, string>()
      for (const doings of history) {
        const changes = await push(state, doings)
        const after = viewOf(state)
        const touched = before === undefined ? undefined : await touchedPeriods(before, after, changes, most)
        const next = new Map<string, string>()
        for (const period of await searchPeriods(after, most)) {
          const known = touched === undefined || touched.has(period) ? undefined : kept.get(period)
          const fresh = JSON.stringify(await buildSearchSegment(after, period))
          if (known !== undefined) expect(known, `the segment ${period} was not touched`).toBe(fresh)
          next.set(period, fresh)
        }
        kept = next
        before = after
      }
    }),
    {numRuns: testSize(compared), seed: seedFor(compared)},
  )
}, 1_800_000)

const words = (count: number) => Array.from({length: count}, (_, n) => `word${n}`).join(' ')

function someSite() {
  const posts = ['a', 'b', 'c'].map((slug, n) =>
    post({slug, title: `About ${slug}`, body: words(n + 1), date: at('2026-10-02T08:00:00Z') - n * 40 * 86_400_000}),
  )
  return siteState({
    posts: new Map(posts.map((one) => [idOf(one.slug), one])),
    pages: new Map([['pages/about.md', {slug: 'about', title: 'Who we are', body: 'A studio.'}]]),
  })
}

async function indexOf(view: SiteView): Promise<BuiltOutput[]> {
  const outputs: BuiltOutput[] = []
  for await (const output of buildSearchIndex(view)) outputs.push(output)
  return outputs
}

test('an index is its files, named by what is in them, and an entry that comes last', async () => {
  const outputs = await indexOf(viewOf(someSite()))
  const entry = outputs.at(-1)!
  expect(entry.key).toBe('search/index.json')
  expect(entry.headers.cacheControl).toBe('public, max-age=0, must-revalidate')
  const {segments} = JSON.parse(new TextDecoder().decode('body' in entry ? entry.body : undefined)) as {
    segments: {posts: number; terms: string[]; files: string[]}[]
  }
  expect(segments.map(({posts}) => posts)).toEqual([3, 1])
  const named = segments.flatMap(({terms, files}) => [...terms, ...files])
  expect(outputs.slice(0, -1).map(({key}) => key)).toEqual(named.map((name) => `search/${name}`))
})

test('what a change of one post leaves alone is not read again', async () => {
  const state = someSite()
  const before = viewOf(state)
  expect(await searchPeriods(before, 1)).toEqual(['2026-10', '2026-08', '2026-07', 'pages'])
  const changes = {
    posts: [idOf('b')],
    pages: [],
    assets: ['x'],
    left: [],
    settings: false,
    theme: true,
    redirects: true,
  }
  expect([...(await touchedPeriods(before, viewOf(state), changes, 1))]).toEqual(['2026-08'])
})

test('a site that wants no search has no index', async () => {
  const view = viewOf({...someSite(), settings: settingsOf({search: false})})
  expect(await indexOf(view)).toEqual([])
})
