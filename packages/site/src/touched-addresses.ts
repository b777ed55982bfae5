import {feedFormats} from './feed-links.ts'
import {variantAddresses} from './image-variants.ts'
import {metaRefs, refNames} from './link-targets.ts'
import {isExpanded, periodsAround, periodsBelow} from './lists.ts'
import {addressOf, twinOf} from './place.ts'
import {assetAddress} from './resolve-ref.ts'
import {cardAddresses} from './preview-card.ts'
import {relatedChanges, rowAround, rowReach} from './related.ts'
import {seriesChanges, seriesParts} from './series.ts'
import {seriesOf, shelvesOf, shownInFeeds} from './shelves.ts'
import type {LivePage, LivePost, ListShelf, SiteView} from './site-view.ts'

type Both<T> = {before: T | undefined; after: T | undefined}

/** What a changed post is shown on, in either view, apart from who links to it. */
export async function* postAddresses(before: SiteView, after: SiteView, post: Both<LivePost>): AsyncIterable<string> {
  for (const [view, one] of [
    [before, post.before],
    [after, post.after],
  ] as const) {
    if (one === undefined) continue
    yield one.address
    yield twinOf(one.address)
    yield* cardAddresses(view, one)
    yield* one.aliases
    yield* mediaAddresses(view, one)
    yield* shownInFeeds(view, one)
    yield addressOf({kind: 'front'})
    yield addressOf({kind: 'llms'})
    yield addressOf({kind: 'sitemap', part: 'index'})
    yield addressOf({kind: 'sitemap', part: one.day.slice(0, 'yyyy-mm'.length)})
    for (const shelf of shelvesOf(one)) yield* listAddresses(before, after, shelf, one.day)
    for (const {key} of seriesOf(one)) yield* seriesAddresses(before, after, key, one.id)
    yield* nearbyAddresses(before, after, post, one)
  }
}

/** The posts next to the place of a changed one, which link to it, and those that tell of related ones. */
async function* nearbyAddresses(
  before: SiteView,
  after: SiteView,
  post: Both<LivePost>,
  place: LivePost,
): AsyncIterable<string> {
  const at = async (view: SiteView, self: LivePost | undefined) => {
    const stands = self !== undefined && self.date === place.date
    const neighbours = await view.neighbours(place, rowReach)
    return {next: [neighbours.newer[0], neighbours.older[0]], row: rowAround(stands ? self : undefined, neighbours)}
  }
  const [was, is] = [await at(before, post.before), await at(after, post.after)]
  for (const next of [...was.next, ...is.next]) if (next !== undefined) yield next.address
  for (const {address} of relatedChanges(place.id, was.row, is.row)) yield address
}

/** The page of a series, and its parts that have another one before or after them. */
async function* seriesAddresses(before: SiteView, after: SiteView, key: string, id: string): AsyncIterable<string> {
  yield addressOf({kind: 'series', key})
  const [was, is] = [await seriesParts(before, key), await seriesParts(after, key)]
  const label = async (view: SiteView) => (await view.term('series', key))?.label
  // The name stands on every part, and is the smallest spelling of them all.
  const renamed = (await label(before)) !== (await label(after))
  for (const {address} of renamed ? [...was, ...is] : seriesChanges(id, was, is)) yield address
}

/** The pages of a shelf that list a post of that day, or count it. */
async function* listAddresses(before: SiteView, after: SiteView, shelf: ListShelf, day: string): AsyncIterable<string> {
  const page = (period: string) => addressOf({kind: 'list', shelf, period})
  for (const period of periodsAround(day)) {
    yield page(period)
    const was = isExpanded(shelf, period, await before.count(shelf, period))
    const is = isExpanded(shelf, period, await after.count(shelf, period))
    // A period that grew too long gets pages for its parts, and one that shrank loses them.
    if (was !== is) for await (const part of periodsBelow(was ? before : after, shelf, period)) yield page(part)
  }
  yield* renamedTerm(before, after, shelf)
}

/** A tag's label stands on all its pages and feeds, and depends on all its posts: it can change with any of them. */
async function* renamedTerm(before: SiteView, after: SiteView, shelf: ListShelf): AsyncIterable<string> {
  if (shelf.kind === 'all') return
  const was = await before.term(shelf.kind, shelf.key)
  const is = await after.term(shelf.kind, shelf.key)
  if (was?.label === is?.label) return
  yield addressOf({kind: 'opml'})
  yield addressOf({kind: 'list', shelf, period: ''})
  for (const view of [before, after])
    for await (const period of periodsBelow(view, shelf, '')) yield addressOf({kind: 'list', shelf, period})
  for (const format of feedFormats) yield addressOf({kind: 'feed', shelf, format})
}

/** What a changed page is shown on. */
export async function* pageAddresses(before: SiteView, after: SiteView, page: Both<LivePage>): AsyncIterable<string> {
  for (const [view, one] of [
    [before, page.before],
    [after, page.after],
  ] as const) {
    if (one === undefined) continue
    yield one.address
    yield* one.aliases
    yield* mediaAddresses(view, one)
    yield addressOf({kind: 'sitemap', part: 'pages'})
  }
}

/** The addresses a changed file has in either view. */
export async function assetAddresses(before: SiteView, after: SiteView, path: string): Promise<string[]> {
  const files = [await before.asset(path), await after.asset(path)]
  return files.flatMap((file) => (file === undefined ? [] : [assetAddress(file), ...variantAddresses(file)]))
}

/** The files that a post or page refers to: they are published while something live does. */
async function* mediaAddresses(view: SiteView, source: LivePost | LivePage): AsyncIterable<string> {
  const fragment = await view.fragment(source.fragmentKey)
  const refs = [...(fragment?.refs ?? []), ...metaRefs(source.meta)]
  const names = new Set(refs.flatMap((ref) => refNames(source.path, ref).names))
  for (const name of names) {
    if (name.startsWith('/') || name.endsWith('.md')) continue
    const asset = await view.asset(name)
    if (asset === undefined) continue
    yield assetAddress(asset)
    yield* variantAddresses(asset)
  }
}
