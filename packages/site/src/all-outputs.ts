import {searchScript} from '@broadside/search'
import type {Theme} from '@broadside/theme'
import {isReserved} from './addresses.ts'
import {feedFormats} from './feed-links.ts'
import {variantAddresses, variantSource} from './image-variants.ts'
import {cardAddresses} from './preview-card.ts'
import {periodsBelow} from './lists.ts'
import type {OutputSpec} from './output.ts'
import {specOf} from './output-spec.ts'
import {addressOf, twinOf} from './place.ts'
import {assetAddress, contentAt, feedDoors, goneAt, publishedCopy} from './resolve-ref.ts'
import {themeOf} from './site-context.ts'
import type {ListShelf, SiteView} from './site-view.ts'

/**
 * Every output of the view, once each, as a stream: what a fresh publish builds. `theme` is the view's own unless
 * given. The order is free; `waveOf` says when each is put.
 */
export async function* allOutputs(view: SiteView, theme: Theme = themeOf(view)): AsyncIterable<OutputSpec> {
  for await (const address of allAddresses(view, theme)) yield specOf(address)
}

async function* allAddresses(view: SiteView, theme: Theme): AsyncIterable<string> {
  yield addressOf({kind: 'stylesheet', name: theme.stylesheet.name})
  yield addressOf({kind: 'front'})
  yield addressOf({kind: 'not-found'})
  yield addressOf({kind: 'robots'})
  yield addressOf({kind: 'llms'})
  yield addressOf({kind: 'opml'})
  for (const name of ['rss.xml', 'index.xml'] as const) yield addressOf({kind: 'feed-copy', name})
  yield addressOf({kind: 'stylesheet', name: theme.feedStylesheet.name})
  if (view.settings.search !== false) {
    yield addressOf({kind: 'search'})
    yield addressOf({kind: 'script', name: searchScript.name})
  }
  if (view.settings.security !== undefined) yield addressOf({kind: 'security'})
  yield* shelfAddresses(view, {kind: 'all'})
  for (const kind of ['tag', 'author'] as const)
    for (const {key} of await view.terms(kind)) yield* shelfAddresses(view, {kind, key})
  for (const {key} of await view.terms('series')) yield addressOf({kind: 'series', key})
  yield* sitemapAddresses(view)
  yield* contentAddresses(view)
  yield* fileAddresses(view)
}

/** The list pages and feeds of a shelf that has posts. */
async function* shelfAddresses(view: SiteView, shelf: ListShelf): AsyncIterable<string> {
  yield addressOf({kind: 'list', shelf, period: ''})
  for await (const period of periodsBelow(view, shelf, '')) yield addressOf({kind: 'list', shelf, period})
  for (const format of feedFormats) yield addressOf({kind: 'feed', shelf, format})
}

async function* sitemapAddresses(view: SiteView): AsyncIterable<string> {
  yield addressOf({kind: 'sitemap', part: 'index'})
  yield addressOf({kind: 'sitemap', part: 'pages'})
  for (const year of await view.periodsOf({kind: 'all'}, ''))
    for (const {period} of await view.periodsOf({kind: 'all'}, year.period))
      yield addressOf({kind: 'sitemap', part: period})
}

/** A former address is the output of whoever holds it now, and of nobody else who had it. */
async function* contentAddresses(view: SiteView): AsyncIterable<string> {
  for await (const post of view.posts()) {
    const {address, aliases} = post
    // Live posts have addresses of their own, and come before whatever else would be there.
    if (!isReserved(address)) {
      yield address
      yield twinOf(address)
      yield* cardAddresses(view, post)
    }
    yield* ownAliases(view, address, aliases)
  }
  for await (const {address, aliases} of view.pages()) {
    if ((await contentAt(view, address))?.kind === 'page') yield address
    yield* ownAliases(view, address, aliases)
  }
  for (const door of feedDoors) if (await isOwnDoor(view, door)) yield door
  for (const {from} of await view.redirects()) {
    const content = await contentAt(view, from)
    if (content?.kind === 'redirect' && (await view.aliasAt(from)) === undefined) yield from
    else if ((await goneAt(view, from)) !== undefined && !(await view.wasLiveAt(from))) yield from
  }
  for await (const address of view.allLeft()) if ((await goneAt(view, address)) !== undefined) yield address
}

/** Whether a door to the feed stands where no post, page, former address or line of redirects.yaml is. */
async function isOwnDoor(view: SiteView, door: string): Promise<boolean> {
  if ((await contentAt(view, door))?.kind !== 'redirect') return false
  return (await view.aliasAt(door)) === undefined && (await view.redirectFrom(door)) === undefined
}

async function* ownAliases(view: SiteView, address: string, aliases: string[]): AsyncIterable<string> {
  for (const alias of aliases) {
    const content = await contentAt(view, alias)
    if (content?.kind === 'redirect' && content.to === address) yield alias
  }
}

/** Files beside posts are outputs when something live refers to them, copies of one file once. */
async function* fileAddresses(view: SiteView): AsyncIterable<string> {
  for await (const asset of view.assets()) {
    if (asset.path.startsWith('assets/')) yield assetAddress(asset)
    else if ((await publishedCopy(view, asset))?.path === asset.path) yield assetAddress(asset)
    const variants = variantAddresses(asset)
    if (variants.length > 0 && (await variantSource(view, asset.hash))?.path === asset.path) yield* variants
  }
}
