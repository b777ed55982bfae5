import {keepLookups} from './keep-lookups.ts'
import {neighboursIn, type TimePlace} from './order-of-time.ts'
import {remember} from './remember.ts'
import type {LivePost, Neighbours, SiteView} from './site-view.ts'

/** The most posts on either side of a place that are read at once, and how many such rows are kept. */
const mostReach = 256
const keptRows = 4
/** A page and its Markdown twin ask for the same one, and stand side by side. */
const keptFragments = 32

/** Posts in the order of time without a gap, and whether it goes on at either end. */
type Row = {
  posts: LivePost[]
  isOldest: boolean
  isNewest: boolean
  byAddress: Map<string, LivePost>
}

/**
 * The same view, which answers from rows of posts that it has read around an earlier place. Whoever builds many outputs
 * in the order of time asks for the same neighbours again and again. A view is a snapshot, so an answer stays true; what
 * is kept is bounded, whatever the size of the site.
 */
export function keepNearbyPosts(given: SiteView): SiteView {
  const view = keepLookups(given)
  const rows: Row[] = []
  // A push of one post asks for a few neighbours, a first publish for all there are.
  let reach = 0

  async function rowAt(place: TimePlace, limit: number): Promise<Row> {
    // Another page may ask meanwhile, and further.
    const asked = Math.min(mostReach, Math.max(2 * limit, 2 * reach))
    reach = asked
    const {newer, older} = await view.neighbours(place, asked)
    const self = await view.post(place.id)
    const posts = [...older.toReversed(), ...(self?.date === place.date ? [self] : []), ...newer]
    const byAddress = new Map(posts.map((post) => [post.address, post]))
    const row = {posts, isOldest: older.length < asked, isNewest: newer.length < asked, byAddress}
    if (rows.length >= keptRows) rows.shift()
    rows.push(row)
    return row
  }

  return {
    ...view,
    async postAt(address) {
      return rows.find(({byAddress}) => byAddress.has(address))?.byAddress.get(address) ?? view.postAt(address)
    },
    fragment: remember((key) => view.fragment(key), keptFragments),
    async neighbours(place, limit) {
      if (limit > mostReach) return view.neighbours(place, limit)
      for (const row of rows) {
        const found = around(row, place, limit)
        if (found !== undefined) return found
      }
      return around(await rowAt(place, limit), place, limit) ?? view.neighbours(place, limit)
    },
  }
}

/** The neighbours as far as the row tells them; undefined where it ends before they do. */
function around({posts, isOldest, isNewest}: Row, place: TimePlace, limit: number): Neighbours | undefined {
  const found = neighboursIn(posts, place, limit)
  const isWhole = (found.older.length === limit || isOldest) && (found.newer.length === limit || isNewest)
  return isWhole ? found : undefined
}
