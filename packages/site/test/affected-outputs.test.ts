import {describe, expect, test} from 'vitest'
import {affectedOutputs, type SiteChanges, type SiteView} from '../src/index.ts'
import {publishAffected, publishFresh} from './publish.ts'
import {noChanges} from './site-changes.ts'
import {at, idOf, post, type PostState, siteState, type SiteState, viewOf} from './site-model.ts'

/** The site's own, under all their names. */
const feeds = ['/atom.xml', '/feed.json', '/feed.xml', '/index.xml', '/rss.xml']

function posts(...all: PostState[]): Map<string, PostState> {
  return new Map(all.map((one) => [idOf(one.slug), one]))
}

/** Publishes one state after the other, and gives the addresses whose bytes changed. */
async function changedAddresses(was: SiteState, is: SiteState, about: Partial<SiteChanges>): Promise<string[]> {
  const before = viewOf(was)
  const after = viewOf(is)
  const live = await publishFresh(before)
  const next = await publishAffected(live, {before, after, changes: {...noChanges(), ...about}})
  expect(next).toEqual(await publishFresh(after))
  const addresses = new Set([...live.keys(), ...next.keys()])
  return [...addresses].filter((address) => live.get(address) !== next.get(address)).toSorted()
}

/** Many posts, a day each, so that lists are longer than a page and most posts are far from the newest. */
function crowd(size: number, about: (n: number) => Partial<PostState> = () => ({})): PostState[] {
  return Array.from({length: size}, (_, n) =>
    post({slug: `n${n}`, date: at('2020-01-01T12:00:00Z') + n * 86_400_000, ...about(n)}),
  )
}

describe('what a change reaches', () => {
  test('a link to a post that comes is made, in the page and in the feeds', async () => {
    const linking = post({slug: 'linking', body: '[other](./other.md#part)'})
    const other = post({slug: 'other', date: at('2020-01-01T00:00:00Z')})
    const changed = await changedAddresses(
      siteState({posts: posts(linking)}),
      siteState({posts: posts(linking, other)}),
      {posts: [idOf('other')]},
    )
    expect(changed).toEqual(expect.arrayContaining(['/posts/linking/', '/posts/other/', '/feed.xml', '/archive/2020/']))
  })

  test('a link by path is undone when the file moves and keeps its address', async () => {
    const linking = post({slug: 'linking', body: '[other](./other.md)'})
    // Neighbours are built again in any case.
    const between = post({slug: 'between', date: at('2023-01-01T00:00:00Z')})
    const other = post({slug: 'other', date: at('2020-01-01T00:00:00Z')})
    const changed = await changedAddresses(
      siteState({posts: posts(linking, between, other)}),
      siteState({posts: posts(linking, between, {...other, path: 'posts/archive/other.md'})}),
      {posts: [idOf('other')]},
    )
    expect(changed).toEqual([...feeds, '/posts/linking/', '/posts/linking/index.md'].toSorted())
  })

  test('a changed image beside a post gets a new address, in the page and in the feeds', async () => {
    const illustrated = post({slug: 'illustrated', path: 'posts/illustrated/index.md', body: '![map](map.svg)'})
    const was = siteState({posts: posts(illustrated), files: new Map([['posts/illustrated/map.svg', 'one']])})
    const is = siteState({posts: posts(illustrated), files: new Map([['posts/illustrated/map.svg', 'two']])})
    const changed = await changedAddresses(was, is, {assets: ['posts/illustrated/map.svg']})
    expect(changed).toHaveLength(9)
    expect(changed).toEqual(expect.arrayContaining(['/atom.xml', '/feed.json', '/feed.xml', '/posts/illustrated/']))
    expect(changed.filter((address) => /^\/media\/[0-9a-f]{12}\/map\.svg$/.test(address))).toHaveLength(2)
  })

  test('an image goes with the page that showed it', async () => {
    const files = new Map([['pages/team/map.svg', 'one']])
    const page = {slug: 'team', title: 'Team', body: '![map](team/map.svg)'}
    const changed = await changedAddresses(
      siteState({pages: new Map([['pages/team.md', page]]), files}),
      siteState({files}),
      {pages: ['pages/team.md']},
    )
    expect(changed).toEqual([expect.stringMatching(/^\/media\//), '/sitemap-pages.xml', '/team/'])
  })

  test('a redirect comes alive with what it ends at, over another one, and so do the links to it', async () => {
    const redirects = [
      {from: '/older/', to: '/old/'},
      {from: '/old/', to: '/team/#people'},
    ]
    const linking = post({slug: 'linking', body: '[team](/older)'})
    const team = {slug: 'team', title: 'Team', body: 'Us.'}
    const changed = await changedAddresses(
      siteState({posts: posts(linking), redirects}),
      siteState({posts: posts(linking), redirects, pages: new Map([['pages/team.md', team]])}),
      {pages: ['pages/team.md']},
    )
    const pages = ['/old/', '/older/', '/posts/linking/', '/posts/linking/index.md', '/sitemap-pages.xml', '/team/']
    expect(changed).toEqual([...feeds, ...pages].toSorted())
  })

  test('a redirect that leads over another one is made anew when that one leads elsewhere', async () => {
    const linesTo = (to: string) => [
      {from: '/oldest/', to: '/older/?x=1'},
      {from: '/older/', to},
    ]
    const [was, is] = ['/posts/a/', '/posts/b/'].map((to) =>
      siteState({posts: posts(post({slug: 'a'}), post({slug: 'b'})), redirects: linesTo(to)}),
    )
    expect(await changedAddresses(was!, is!, {redirects: true})).toEqual(['/older/', '/oldest/'])
    const there = siteState({posts: posts(post({slug: 'a'})), redirects: linesTo('/posts/a/')})
    const moved = posts(post({slug: 'z', formerAddresses: ['/posts/a/']}))
    const renamed = siteState({posts: new Map([[idOf('a'), [...moved.values()][0]!]]), redirects: linesTo('/posts/a/')})
    expect(await changedAddresses(there, renamed, {posts: [idOf('a')]})).toEqual(
      expect.arrayContaining(['/older/', '/oldest/', '/posts/a/', '/posts/z/']),
    )
  })

  test('a new spelling of a tag renames it everywhere, also where the post itself is not shown', async () => {
    const was = crowd(120, () => ({tags: ['queues']}))
    const is = was.map((one) => (one.slug === 'n0' ? {...one, tags: ['Queues']} : one))
    const changed = await changedAddresses(siteState({posts: posts(...was)}), siteState({posts: posts(...is)}), {
      posts: [idOf('n0')],
    })
    expect(changed).toEqual(expect.arrayContaining(['/', '/tags/queues/feed.xml', '/tags/queues/2020/04/']))
  })

  test('navigation names a page once it is there, on every page', async () => {
    const settings = {...siteState().settings, navigation: [{label: 'Team', url: '/team'}]}
    const team = {slug: 'team', title: 'Team', body: 'Us.'}
    const changed = await changedAddresses(
      siteState({settings, posts: posts(post({slug: 'one'}))}),
      siteState({settings, posts: posts(post({slug: 'one'})), pages: new Map([['pages/team.md', team]])}),
      {pages: ['pages/team.md']},
    )
    expect(changed).toEqual(expect.arrayContaining(['/', '/404.html', '/posts/one/', '/archive/']))
  })

  test('a month that outgrows its page gives way to its days, and comes back', async () => {
    const day = (n: number) => at('2026-11-02T08:00:00Z') + (n % 3) * 86_400_000 + n
    const few = crowd(200, (n) => ({date: day(n)}))
    const many = crowd(201, (n) => ({date: day(n)}))
    const grown = await changedAddresses(siteState({posts: posts(...few)}), siteState({posts: posts(...many)}), {
      posts: [idOf('n200')],
    })
    const parts = ['/archive/2026/11/', '/archive/2026/11/02/', '/archive/2026/11/03/', '/archive/2026/11/04/']
    expect(grown).toEqual(expect.arrayContaining(['/archive/2026/', ...parts]))
    const shrunk = await changedAddresses(siteState({posts: posts(...many)}), siteState({posts: posts(...few)}), {
      posts: [idOf('n200')],
    })
    expect(shrunk).toEqual(expect.arrayContaining(['/archive/2026/', ...parts]))
  })
})

describe('what a change costs', () => {
  /** Counts what is asked of a view, by wrapping its questions. */
  function counted(view: SiteView): {view: SiteView; asked: () => number} {
    let asked = 0
    const questions = Object.entries(view).map(([name, value]) => {
      if (typeof value !== 'function') return [name, value]
      return [name, (...input: unknown[]) => (asked++, Reflect.apply(value, view, input))]
    })
    return {view: Object.fromEntries(questions), asked: () => asked}
  }

  async function costOf(size: number): Promise<{outputs: number; asked: number}> {
    const all = crowd(size, (n) => ({tags: ['queues', `t${n % 5}`], authors: ['Editors']}))
    const before = counted(viewOf(siteState({posts: posts(...all)})))
    const newest = post({slug: 'newest', date: at('2026-11-02T08:00:00Z'), tags: ['queues'], authors: ['Editors']})
    const after = counted(viewOf(siteState({posts: posts(...all, newest)})))
    const changes = {...noChanges(), posts: [idOf('newest')]}
    const outputs = await affectedOutputs({before: before.view, after: after.view, changes})
    return {outputs: outputs.length, asked: before.asked() + after.asked()}
  }

  test('publishing a post touches as much on 300 posts as on 2,400', async () => {
    const [small, large] = [await costOf(300), await costOf(2400)]
    expect(large.outputs).toBe(small.outputs)
    expect(small.outputs).toBeLessThan(40)
    expect(Math.max(small.asked, large.asked)).toBeLessThan(100)
  })

  test('settings and theme touch everything that was and is', async () => {
    const was = siteState({posts: posts(post({slug: 'one'}))})
    const is = siteState({posts: was.posts, themeFiles: new Map([['style.css', 'body {}']])})
    const changed = await changedAddresses(was, is, {theme: true})
    expect(changed.filter((address) => address.startsWith('/_/style.'))).toHaveLength(2)
    expect(changed).toContain('/posts/one/')
  })
})
