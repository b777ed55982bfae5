import type {FeedFormat} from '@broadside/feed'
import type {FeedLinkModel} from '@broadside/theme'
import type {Urls} from './addresses.ts'
import {addressOf} from './place.ts'
import type {ListShelf} from './site-view.ts'

/** The three formats: how people call them, and the media type that announces and serves them. */
const feedTypes: Record<FeedFormat, {name: string; type: string}> = {
  rss: {name: 'RSS', type: 'application/rss+xml'},
  atom: {name: 'Atom', type: 'application/atom+xml'},
  json: {name: 'JSON Feed', type: 'application/feed+json'},
}

/**
 * The media types that feeds are served with. Under their own, `application/rss+xml` and `application/atom+xml`, browsers
 * show source or offer to save; as XML they take the stylesheet, and every reader takes XML.
 */
export const servedType: Record<FeedFormat, string> = {
  rss: 'application/xml',
  atom: 'application/xml',
  json: feedTypes.json.type,
}

export const feedFormats = Object.keys(feedTypes) as FeedFormat[]

/** A shelf's feeds as pages announce them; `label` tells a tag's or author's from the site's. */
export function feedLinks(urls: Urls, shelf: ListShelf, label?: string): FeedLinkModel[] {
  return feedFormats.map((format) => ({
    title: label === undefined ? feedTypes[format].name : `${label}: ${feedTypes[format].name}`,
    type: feedTypes[format].type,
    url: urls.path(addressOf({kind: 'feed', shelf, format})),
  }))
}
