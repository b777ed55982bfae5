import {twinOf} from './place.ts'
import {shownInFeeds} from './shelves.ts'
import type {SiteView} from './site-view.ts'

/** Names asked for at once: a query's parameters are limited. */
const chunk = 200

/**
 * The addresses of posts and pages that refer to one of `targets` (paths or addresses whose meaning changed), and of
 * the feeds that carry those posts whole.
 */
export async function* followLinks(view: SiteView, targets: string[]): AsyncIterable<string> {
  for (let from = 0; from < targets.length; from += chunk) {
    const {posts, pages} = await view.linkingTo(targets.slice(from, from + chunk))
    for (const page of pages) yield page.address
    for (const post of posts) {
      yield post.address
      yield twinOf(post.address)
      yield* shownInFeeds(view, post)
    }
  }
}
