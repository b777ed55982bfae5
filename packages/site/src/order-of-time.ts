import type {LivePost} from './site-view.ts'

/** Where a post stands in the order of time, in which no two are equal. */
export type TimePlace = Pick<LivePost, 'id' | 'date'>

export function byDateAndId(a: TimePlace, b: TimePlace): number {
  if (a.date !== b.date) return a.date - b.date
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1
}

/** How many of the posts, the oldest first, stand before the place. */
function countBefore(posts: readonly TimePlace[], place: TimePlace): number {
  let [low, high] = [0, posts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const post = posts[middle]
    if (post !== undefined && byDateAndId(post, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** At most `limit` posts on either side of the place, the nearest first, of posts that are the oldest first. */
export function neighboursIn(posts: readonly LivePost[], place: TimePlace, limit: number) {
  const at = countBefore(posts, place)
  const after = posts[at]?.id === place.id ? at + 1 : at
  return {
    newer: posts.slice(after, after + limit),
    older: posts.slice(Math.max(0, at - limit), at).toReversed(),
  }
}
