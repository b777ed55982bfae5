import type {FeedFormat} from '@broadside/feed'
import type {FeedLinkModel, FeedStyle, Theme} from '@broadside/theme'
import {createUrls, type Urls} from './addresses.ts'
import {addressOf} from './place.ts'
import type {ListShelf, SiteView} from './site-view.ts'

/** The three formats: how people call them, and the media type that announces and serves them. */
export const feedTypes: Record<FeedFormat, {name: string; type: string}> = {
  rss: {name: 'RSS', type: 'application/rss+xml'},
  atom: {name: 'Atom', type: 'application/atom+xml'},
  json: {name: 'JSON Feed', type: 'application/feed+json'},
}

export const feedFormats = Object.keys(feedTypes) as FeedFormat[]

/** The files that make a feed readable in a browser, the preferred first. */
export function feedStyles(view: SiteView, theme: Theme): FeedStyle[] {
  const address = addressOf({kind: 'stylesheet', name: theme.stylesheet.name})
  return theme.feedStyles(createUrls(view.site.siteUrl).path(address))
}

/** A shelf's feeds as pages announce them; `label` tells a tag's or author's from the site's. */
export function feedLinks(urls: Urls, shelf: ListShelf, label?: string): FeedLinkModel[] {
  return feedFormats.map((format) => ({
    title: label === undefined ? feedTypes[format].name : `${label}: ${feedTypes[format].name}`,
    type: feedTypes[format].type,
    url: urls.path(addressOf({kind: 'feed', shelf, format})),
  }))
}
