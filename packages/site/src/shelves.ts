import {feedFormats} from './feed-links.ts'
import {addressOf} from './place.ts'
import type {ListShelf, LivePost, Shelf, SiteView} from './site-view.ts'
import {termsOf} from './term-key.ts'

/** Every shelf with lists a post stands on: the archive, its tags, its authors. */
export function shelvesOf(post: LivePost): ListShelf[] {
  return [
    {kind: 'all'},
    ...termsOf(post, 'tag').map(({key}) => ({kind: 'tag', key}) as const),
    ...termsOf(post, 'author').map(({key}) => ({kind: 'author', key}) as const),
  ]
}

/** The series a post is a part of, if any. */
export function seriesOf(post: LivePost): Extract<Shelf, {key: string}>[] {
  return termsOf(post, 'series').map(({key}) => ({kind: 'series', key}))
}

/** The feeds of this view that hold the post. */
export async function* shownInFeeds(view: SiteView, post: LivePost): AsyncIterable<string> {
  for (const shelf of shelvesOf(post)) {
    const shown = await view.newest(shelf, view.settings.feeds.items)
    if (!shown.some(({id}) => id === post.id)) continue
    for (const format of feedFormats) yield addressOf({kind: 'feed', shelf, format})
    if (shelf.kind === 'all')
      for (const name of ['rss.xml', 'index.xml'] as const) yield addressOf({kind: 'feed-copy', name})
  }
}
