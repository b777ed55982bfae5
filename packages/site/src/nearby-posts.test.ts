import {setImmediate as nextTurn} from 'node:timers/promises'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {defaultSettings} from '@broadside/content'
import {createArrayView} from './array-view.ts'
import {keepNearbyPosts} from './nearby-posts.ts'
import type {LivePost, SiteView} from './site-view.ts'

const site = {name: 'notes', siteUrl: 'https://notes.example/', audienceUrl: 'https://mail.example/'}

/** Three posts an instant, so that ids decide as well. */
const posts = Array.from({length: 900}, (_, n): LivePost => {
  const id = String((n * 7919) % 900).padStart(4, '0')
  const meta = {title: id, tags: [], authors: []}
  const about = {aliases: [], meta, updated: undefined, day: '2026-11-02', fragmentKey: id, excerpt: '', words: 1}
  return {id, path: `posts/${id}.md`, address: `/posts/${id}/`, date: Math.floor(n / 3), ...about}
})
const whole = createArrayView({settings: defaultSettings('notes'), site, posts: [...posts], fragments: new Map()})

/** The view, and how often it was asked. */
function counted(): {view: SiteView; asked: () => number} {
  let times = 0
  const neighbours: SiteView['neighbours'] = (...asked) => {
    times += 1
    return whole.neighbours(...asked)
  }
  const postAt: SiteView['postAt'] = (address) => {
    times += 1
    return whole.postAt(address)
  }
  return {view: {...whole, neighbours, postAt}, asked: () => times}
}

const places = fc.array(
  fc.record({
    at: fc.nat({max: 899}),
    id: fc.constantFrom('own', '0000', '0450a', '9999'),
    limit: fc.constantFrom(1, 20, 41, 300),
  }),
  {maxLength: 30},
)

test('a view that keeps what is near answers like the view, wherever it is asked', async () => {
  await fc.assert(
    fc.asyncProperty(places, async (asked) => {
      const near = keepNearbyPosts(whole)
      for (const {at, id, limit} of asked) {
        const post = posts[at]!
        const place = {id: id === 'own' ? post.id : id, date: post.date}
        expect(await near.neighbours(place, limit)).toEqual(await whole.neighbours(place, limit))
        expect(await near.postAt(post.address)).toEqual(post)
      }
    }),
    {numRuns: 60},
  )
})

test('and as well when many ask at once', async () => {
  await fc.assert(
    fc.asyncProperty(places, async (asked) => {
      const near = keepNearbyPosts({
        ...whole,
        async neighbours(place, limit) {
          await nextTurn()
          return whole.neighbours(place, limit)
        },
      })
      // The second time from what was kept of the first, up to its ends.
      for (const further of [0, 39]) {
        const all = asked.map(({at, limit}) => [posts[Math.min(899, at + further)]!, limit] as const)
        const found = await Promise.all(all.map(([post, limit]) => near.neighbours(post, limit)))
        expect(found).toEqual(await Promise.all(all.map(([post, limit]) => whole.neighbours(post, limit))))
      }
    }),
    {numRuns: 30},
  )
})

test('who goes through all posts in the order of time asks the view a few times', async () => {
  const {view, asked} = counted()
  const near = keepNearbyPosts(view)
  for await (const post of whole.posts()) {
    await near.postAt(post.address)
    await near.neighbours(post, 20)
  }
  expect(asked()).toBeLessThan(20)
})

test('and who asks for one place reads no more than a little around it', async () => {
  let read = 0
  const near = keepNearbyPosts({
    ...whole,
    async neighbours(place, limit) {
      const found = await whole.neighbours(place, limit)
      read += found.newer.length + found.older.length
      return found
    },
  })
  await near.neighbours(posts[450]!, 20)
  expect(read).toBeLessThanOrEqual(80)
})

test('a fragment is asked for once by a page and its twin', async () => {
  let times = 0
  const near = keepNearbyPosts({
    ...whole,
    fragment(key) {
      times += 1
      return whole.fragment(key)
    },
  })
  await near.fragment('one')
  await near.fragment('one')
  expect(times).toBe(1)
})
