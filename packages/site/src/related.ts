import type {LivePost, Neighbours} from './site-view.ts'
import {termsOf} from './term-key.ts'

/** Related posts are looked for among this many that are nearest by date. */
export const relatedWindow = 20
const relatedPosts = 3

/**
 * Posts to read next: at most three, those that share most tags among the nearest by date, then the nearest. Only posts
 * nearby are looked at, so that a new post can change no more than a few pages. `neighbours` has `relatedWindow` posts on
 * either side, where there are as many.
 */
export function relatedTo(post: LivePost, neighbours: Neighbours): LivePost[] {
  const own = new Set(termsOf(post, 'tag').map(({key}) => key))
  if (own.size === 0) return []
  return nearestOf(post, neighbours)
    .map((other) => ({other, shared: termsOf(other, 'tag').filter(({key}) => own.has(key)).length}))
    .filter(({shared}) => shared > 0)
    .toSorted((a, b) => b.shared - a.shared)
    .slice(0, relatedPosts)
    .map(({other}) => other)
}

/** Both sides in one row, the nearest first; of two as near the older. */
function nearestOf({date}: LivePost, {newer, older}: Neighbours): LivePost[] {
  const nearest: LivePost[] = []
  let [after, before] = [0, 0]
  while (nearest.length < relatedWindow) {
    const [next, last] = [newer[after], older[before]]
    if (last !== undefined && (next === undefined || date - last.date <= next.date - date)) {
      nearest.push(last)
      before += 1
    } else if (next !== undefined) {
      nearest.push(next)
      after += 1
    } else break
  }
  return nearest
}

/**
 * The posts whose related ones a change of the post `id` can have changed. `before` and `after` are the posts around the
 * place at which it stood or stands, in the order of time, the post itself among them; `place` is where that is in each.
 */
export function relatedChanges(id: string, before: Row, after: Row): LivePost[] {
  const was = new Map(withinWindow(before).map((found) => [found.post.id, found]))
  const is = new Map(withinWindow(after).map((found) => [found.post.id, found]))
  const changed: LivePost[] = []
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(key), is.get(key)]
    const known = now ?? old
    if (known === undefined || key === id) continue
    // What stands near the place in one view alone is too far from it in the other to be judged from here.
    if (old === undefined || now === undefined) changed.push(known.post)
    else {
      const [oldIds, newIds] = [old, now].map((found) => relatedIds(found))
      if (oldIds?.includes(id) || newIds?.includes(id) || oldIds?.join() !== newIds?.join()) changed.push(known.post)
    }
  }
  return changed
}

/** `posts` in the order of time; `place` counts those before the place that is looked at. */
export type Row = {posts: LivePost[]; place: number}

type Found = {post: LivePost; row: LivePost[]; index: number}

function withinWindow({posts, place}: Row): Found[] {
  const from = Math.max(0, place - relatedWindow)
  return posts.slice(from, place + relatedWindow + 1).map((post, offset) => ({post, row: posts, index: from + offset}))
}

function relatedIds({post, row, index}: Found): string[] {
  const neighbours = {
    newer: row.slice(index + 1, index + 1 + relatedWindow),
    older: row.slice(Math.max(0, index - relatedWindow), index).toReversed(),
  }
  return relatedTo(post, neighbours).map(({id}) => id)
}

/** The row around a place: enough on either side to judge every post within the window. */
export function rowAround(self: LivePost | undefined, {newer, older}: Neighbours): Row {
  return {posts: [...older.toReversed(), ...(self === undefined ? [] : [self]), ...newer], place: older.length}
}

/** How many neighbours `rowAround` needs on either side. */
export const rowReach = 2 * relatedWindow + 1
