import type {SiteSettings} from '@broadside/content'
import fc from 'fast-check'
import type {SiteChanges} from '../src/index.ts'
import {at, idOf, post, type PostState, settingsOf, type SiteState, viewOf} from './site-model.ts'

/** One thing an author does; it says what it touched. */
export type Change = (state: SiteState, changes: SiteChanges) => void

const names = ['a', 'b', 'c', 'd', 'e']
const someName = fc.constantFrom(...names)
const someTags = fc.uniqueArray(fc.constantFrom('NATS', 'nats', 'Queues', 'C++', 'c'), {maxLength: 3})
const someAuthors = fc.uniqueArray(fc.constantFrom('platform', 'Editors', 'editors'), {maxLength: 2})
const someSeries = fc.option(
  fc.record(
    {name: fc.constantFrom('Down under', 'down under', 'C'), order: fc.integer({min: 0, max: 3})},
    {requiredKeys: ['name']},
  ),
  {nil: undefined},
)
const someFile = fc.constantFrom(
  undefined,
  'img.svg',
  'photo.jpg',
  '../assets/logo.svg',
  '/assets/logo.svg',
  'https://else.example/x.mp3',
)
/** Near to each other, so that days and months fill, and near midnight in some zones. */
const someDate = fc.constantFrom(
  at('2025-12-31T23:30:00Z'),
  at('2026-10-31T08:00:00Z'),
  at('2026-11-02T08:00:00Z'),
  at('2026-11-02T22:30:00Z'),
  at('2026-11-03T08:00:00Z'),
)
const someRef = fc.constantFrom(
  ...names.map((name) => `./${name}.md#part`),
  ...names.map((name) => `/posts/${name}/`),
  ...names.map((name) => `../pages/${name}.md`),
  ...names.map((name) => `/${name}`),
  'c',
  './img.svg',
  './photo.jpg',
  '/assets/photo.jpg',
  '/posts/img.svg',
  '../assets/logo.svg',
  '/assets/logo.svg?v=1',
  '/tags/nats/',
  '/tags/nats/atom.xml',
  '/authors/editors/',
  '/series/down-under/',
  '/posts/a/index.md',
  '/archive/2026/11/',
  '/archive/2026/11/02/',
  '/sitemap-2026-10.xml',
  '/old/',
  '/',
  '../../outside.md',
  'https://elsewhere.example/',
)
const someBody = fc
  .array(fc.tuple(fc.constantFrom('', '!'), someRef), {maxLength: 4})
  .map((refs) => refs.map(([mark, ref]) => `${mark}[text](${ref})`).join('\n\n'))

function touchPost(name: string, edit: (state: SiteState, known: PostState) => PostState | undefined): Change {
  return (state, changes) => {
    const id = idOf(name)
    const known = state.posts.get(id) ?? post({slug: name, live: false})
    const edited = edit(state, known)
    if (edited === undefined) return
    state.posts.set(id, edited)
    changes.posts.push(id)
  }
}

/** A path belongs to one post, as in any tree. */
function pathFree(state: SiteState, id: string, path: string): boolean {
  return [...state.posts].every(([other, known]) => other === id || known.path !== path)
}

const onePost: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({name: someName, date: someDate, tags: someTags, authors: someAuthors, body: someBody})
    .map(({name, ...about}) => touchPost(name, (_, known) => ({...known, ...about, live: true}))),
  fc.tuple(someName, someBody).map(([name, body]) => touchPost(name, (_, known) => ({...known, body}))),
  fc.tuple(someName, fc.string()).map(([name, title]) => touchPost(name, (_, known) => ({...known, title}))),
  fc.tuple(someName, someTags).map(([name, tags]) => touchPost(name, (_, known) => ({...known, tags}))),
  fc
    .tuple(someName, someSeries)
    .map(([name, series]) =>
      touchPost(name, (_, {series: _old, ...known}) => ({...known, ...(series === undefined ? {} : {series})})),
    ),
  fc.tuple(someName, someFile, someFile).map(([name, image, src]) =>
    touchPost(name, (_, {image: _image, audio: _audio, ...known}) => ({
      ...known,
      ...(image === undefined ? {} : {image}),
      ...(src === undefined ? {} : {audio: {src}}),
    })),
  ),
  fc.tuple(someName, someDate).map(([name, date]) => touchPost(name, (_, known) => ({...known, date}))),
  fc.tuple(someName, someDate).map(([name, updated]) => touchPost(name, (_, known) => ({...known, updated}))),
  fc.tuple(someName, someName).map(([name, slug]) => touchPost(name, (_, known) => ({...known, slug}))),
  fc.tuple(someName, fc.constantFrom('c', 'c/index', 'e', 'moved')).map(([name, to]) =>
    touchPost(name, (state, known) => {
      const path = `posts/${to}.md`
      return pathFree(state, idOf(name), path) ? {...known, path} : undefined
    }),
  ),
  someName.map((name) => touchPost(name, (_, known) => ({...known, live: !known.live}))),
  fc.tuple(someName, fc.constantFrom(undefined, '/posts/b/', '/old/', 'https://elsewhere.example/')).map(([name, to]) =>
    touchPost(name, (_, {redirectTo: _old, ...known}) => ({
      ...known,
      live: false,
      ...(to === undefined ? {} : {redirectTo: to}),
    })),
  ),
)

/** A crowd in one month, so that lists grow beyond what one page holds and shrink again. */
const crowd: fc.Arbitrary<Change> = fc
  .record({size: fc.integer({min: 0, max: 60}), date: someDate})
  .map(({size, date}): Change => (state, changes) => {
    for (let n = 0; n < 60; n++) {
      const id = idOf(`crowd ${n}`)
      const known =
        state.posts.get(id) ??
        post({
          slug: `crowd-${n}`,
          tags: [n % 3 === 0 ? 'NATS' : 'Queues'],
          series: {name: 'C', order: n % 7},
          date: date + n * 60_000,
          live: false,
        })
      if (known.live === n < size) continue
      state.posts.set(id, {...known, live: n < size})
      changes.posts.push(id)
    }
  })

const onePage: fc.Arbitrary<Change> = fc
  .tuple(someName, fc.option(someBody, {nil: undefined}))
  .map(([slug, body]): Change => (state, changes) => {
    const path = `pages/${slug}.md`
    if (body === undefined) state.pages.delete(path)
    else state.pages.set(path, {slug, title: `Page ${slug}`, body})
    changes.pages.push(path)
  })

const oneFile: fc.Arbitrary<Change> = fc
  .tuple(
    fc.constantFrom(
      'assets/logo.svg',
      'assets/photo.jpg',
      'posts/img.svg',
      'posts/c/img.svg',
      'posts/photo.jpg',
      'posts/c/photo.jpg',
      'pages/img.svg',
    ),
    fc.constantFrom(undefined, '<svg/>', '<svg></svg>', 'photo 600x400', 'photo 4000x3000'),
  )
  .map(([path, content]): Change => (state, changes) => {
    if (content === undefined) state.files.delete(path)
    else state.files.set(path, content)
    changes.assets.push(path)
  })

const redirects: fc.Arbitrary<Change> = fc
  .uniqueArray(
    fc.record({
      from: fc.constantFrom('/old/', '/older/', '/posts/a/', '/a/', '/feed.xml'),
      to: fc.constantFrom(
        '/posts/b/',
        '/old/',
        '/older/#part',
        '/posts/a/',
        'https://elsewhere.example/?q=1',
        'javascript:alert(1)',
      ),
    }),
    {selector: ({from}) => from, maxLength: 3},
  )
  .map((lines): Change => (state, changes) => {
    state.redirects = lines
    changes.redirects = true
  })

const settings: fc.Arbitrary<Change> = fc
  .record({
    permalink: fc.constantFrom('/posts/:slug/', '/:year/:month/:slug.html', '/:slug'),
    timezone: fc.constantFrom('Europe/Berlin', 'UTC', 'Pacific/Kiritimati'),
    feeds: fc.record({items: fc.integer({min: 1, max: 4})}),
    navigation: fc.subarray([
      {label: 'Page a', url: '/a/'},
      {label: 'Tag', url: '/tags/nats/'},
      {label: 'Out', url: 'https://elsewhere.example/'},
    ]),
    authors: fc.constantFrom<SiteSettings['authors']>(
      {},
      {platform: {name: 'Platform desk'}, editors: {name: 'Editors', role: 'Words'}},
    ),
    more: fc.constantFrom<Partial<SiteSettings>>(
      {},
      {cards: true},
      {security: {contact: ['mailto:us@x.example'], expires: at('2027-01-01T00:00:00Z')}},
    ),
    theme: fc.constantFrom<SiteSettings['theme']>({variables: {}}, {variables: {accent: '#0a5'}}),
  })
  .map(({more, ...about}): Change => (state, changes) => {
    state.settings = settingsOf({...about, ...more})
    changes.settings = true
  })

const themeFile: fc.Arbitrary<Change> = fc.constantFrom('body {}', undefined).map((css): Change => (state, changes) => {
  state.themeFiles = new Map(css === undefined ? [] : [['style.css', css]])
  changes.theme = true
})

export const someChange: fc.Arbitrary<Change> = fc.oneof(
  {weight: 14, arbitrary: onePost},
  {weight: 2, arbitrary: crowd},
  {weight: 2, arbitrary: onePage},
  {weight: 2, arbitrary: oneFile},
  {weight: 1, arbitrary: redirects},
  {weight: 1, arbitrary: settings},
  {weight: 1, arbitrary: themeFile},
)

export function noChanges(): SiteChanges {
  return {posts: [], pages: [], assets: [], left: [], settings: false, theme: false, redirects: false}
}

/**
 * One push: the changes, then what intake sees to: no two live posts or pages share an address (the later one stays
 * out), and memory keeps the addresses that posts have had.
 */
export async function push(state: SiteState, doings: Change[]): Promise<SiteChanges> {
  const changes = noChanges()
  for (const change of doings) change(state, changes)
  const taken = new Set<string>()
  for (const [id, known] of state.posts) {
    const one = viewOf({...state, posts: new Map([[id, known]])})
    const address = (await one.post(id))?.address
    if (address === undefined) continue
    if (taken.has(address)) {
      state.posts.set(id, {...known, live: false})
      changes.posts.push(id)
      continue
    }
    taken.add(address)
    if (!known.formerAddresses.includes(address))
      state.posts.set(id, {...known, formerAddresses: [...known.formerAddresses, address]})
  }
  return changes
}
