import {searchScript} from '@broadside/search'
import type {Theme} from '@broadside/theme'
import mime from 'mime'
import {keyOf} from './addresses.ts'
import {buildFeedList} from './build-feed-list.ts'
import {buildList} from './build-list.ts'
import {buildContent, buildFront, buildGone, buildNotFound} from './build-page.ts'
import {buildSearchPage} from './build-search-page.ts'
import {buildLlms} from './build-llms.ts'
import {buildSecurity} from './build-security.ts'
import {buildTwin} from './build-twin.ts'
import {buildSeries} from './build-series.ts'
import {buildSiteFeed} from './build-site-feed.ts'
import {buildSitemap} from './build-sitemap.ts'
import {servedType} from './feed-links.ts'
import {variantAt} from './image-variants.ts'
import type {BuiltOutput, OutputBytes, OutputHeaders, OutputSpec} from './output.ts'
import {addressOf, placeOf} from './place.ts'
import {cardAt} from './preview-card.ts'
import {goneAt, mediaAt} from './resolve-ref.ts'
import {siteContext, type SiteContext} from './site-context.ts'
import type {AssetFile, SiteView} from './site-view.ts'

/** Browsers ask each time and are mostly told that nothing changed. */
const always = 'public, max-age=0, must-revalidate'
const minutes = 'public, max-age=300'
const hour = 'public, max-age=3600'
const forever = 'public, max-age=31536000, immutable'

type Body = {headers: OutputHeaders} & ({text: string | undefined} | {file: OutputBytes | undefined})

/**
 * The bytes (or stored binary) and headers of one output of this view; undefined when the view has nothing there, so
 * that what is live at the address goes. The answer depends on the address, the view and the theme alone: the same
 * three give the same bytes. Throws `theme.template` (invalid) where the author's theme fails on the page.
 */
export async function buildOutput(
  spec: Pick<OutputSpec, 'address'>,
  view: SiteView,
  theme: Theme,
): Promise<BuiltOutput | undefined> {
  const {address} = spec
  const {headers, ...built} = await bodyOf(await siteContext(view, theme), address)
  const output = {address, key: keyOf(address), headers}
  if ('file' in built) return built.file && {...output, ...built.file}
  return built.text === undefined ? undefined : {...output, body: new TextEncoder().encode(built.text)}
}

async function bodyOf(context: SiteContext, address: string): Promise<Body> {
  const {view, theme, urls} = context
  const place = placeOf(address)
  const html = {contentType: 'text/html; charset=utf-8', cacheControl: always}
  switch (place.kind) {
    case 'front':
      return {headers: html, text: await buildFront(context)}
    case 'content':
      return (await goneAt(view, address)) === undefined
        ? {headers: html, text: await buildContent(context, address)}
        : {headers: {...html, status: 410}, text: buildGone(context, address)}
    case 'list':
      return {headers: html, text: await buildList(context, place.shelf, place.period)}
    case 'series':
      return {headers: html, text: await buildSeries(context, place.key)}
    case 'not-found':
      return {headers: html, text: buildNotFound(context)}
    case 'feed': {
      const contentType = `${servedType[place.format]}; charset=utf-8`
      return {
        headers: {contentType, cacheControl: minutes, ...hubLink(context, addressOf(place))},
        text: await buildSiteFeed(context, place.shelf, place.format),
      }
    }
    case 'feed-copy': {
      const self = addressOf({kind: 'feed', shelf: {kind: 'all'}, format: 'rss'})
      const contentType = `${servedType.rss}; charset=utf-8`
      return {
        headers: {contentType, cacheControl: minutes, ...hubLink(context, self)},
        text: await buildSiteFeed(context, {kind: 'all'}, 'rss'),
      }
    }
    case 'opml':
      return {
        headers: {contentType: 'text/x-opml; charset=utf-8', cacheControl: hour},
        text: await buildFeedList(context),
      }
    case 'sitemap': {
      const headers = {contentType: 'application/xml; charset=utf-8', cacheControl: hour}
      return {headers, text: await buildSitemap(context, place.part)}
    }
    case 'robots': {
      const sitemap = urls.absolute(addressOf({kind: 'sitemap', part: 'index'}))
      const headers = {contentType: 'text/plain; charset=utf-8', cacheControl: hour}
      return {headers, text: `User-agent: *\nAllow: /\n\nSitemap: ${sitemap}\n`}
    }
    case 'llms':
      return {
        headers: {contentType: 'text/plain; charset=utf-8', cacheControl: minutes},
        text: await buildLlms(context),
      }
    case 'security':
      return {headers: {contentType: 'text/plain; charset=utf-8', cacheControl: hour}, text: buildSecurity(context)}
    case 'twin': {
      const headers = {contentType: 'text/markdown; charset=utf-8', cacheControl: always}
      return {headers, text: await buildTwin(context, place.of)}
    }
    case 'stylesheet': {
      const style = [theme.stylesheet, theme.feedStylesheet].find(({name}) => name === place.name)
      return {headers: {contentType: 'text/css; charset=utf-8', cacheControl: forever}, text: style?.body}
    }
    case 'script': {
      const isOurs = view.settings.search !== false && place.name === searchScript.name
      const headers = {contentType: 'text/javascript; charset=utf-8', cacheControl: forever}
      return {headers, text: isOurs ? searchScript.body : undefined}
    }
    case 'search':
      return {headers: html, text: buildSearchPage(context)}
    case 'search-file':
      return {headers: {contentType: 'application/json; charset=utf-8', cacheControl: forever}, text: undefined}
    case 'asset': {
      const asset = await view.asset(place.path)
      return {headers: {contentType: fileType(place.path), cacheControl: hour}, file: asset && publishedFile(asset)}
    }
    case 'media': {
      const asset = await mediaAt(view, place.hash, place.name)
      return {headers: {contentType: fileType(place.name), cacheControl: forever}, file: asset && publishedFile(asset)}
    }
    case 'card': {
      const make = await cardAt(view, place)
      return {headers: {contentType: 'image/png', cacheControl: forever}, file: make && {make}}
    }
    case 'variant': {
      const make = await variantAt(view, place)
      return {headers: {contentType: `image/${place.format}`, cacheControl: forever}, file: make && {make}}
    }
  }
}

/** Hubs and topic as WebSub (W3C, section 4) has subscribers look for them first; the feed itself names both as well. */
function hubLink({view, urls}: SiteContext, self: string): {link?: string} {
  const {hubs} = view.settings.feeds
  if (hubs === undefined) return {}
  const link = (url: string, rel: string) => `<${new URL(url).href}>; rel="${rel}"`
  return {link: [...hubs.map((hub) => link(hub, 'hub')), link(urls.absolute(self), 'self')].join(', ')}
}

/** Of an image readers get what is made of it, without what cameras write into photos and what drawings could run. */
function publishedFile({hash, image}: AssetFile): OutputBytes {
  if (image === undefined) return {blob: hash}
  const recipe = {make: 'clean'} as const
  return {make: {source: hash, format: image.format, recipe, together: [recipe]}}
}

/** By the name's ending; text is UTF-8 like everything in a site. */
function fileType(name: string): string {
  const type = mime.getType(name) ?? 'application/octet-stream'
  return /^text\/|[/+](?:xml|json|javascript)$/.test(type) ? `${type}; charset=utf-8` : type
}
