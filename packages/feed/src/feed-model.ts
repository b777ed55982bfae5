/** One post as readers' programs get it: whole, and with absolute URLs only. */
export type FeedItem = {
  /** `urn:uuid:…`, permanent: a reader shows an item again when its id changes. */
  id: string
  url: string
  title: string
  /** Full content; every URL in it absolute. */
  html: string
  /** Plain text, short. */
  summary: string
  /** Milliseconds since the epoch, like every instant here. */
  published: number
  /** Last change worth telling; `published` when there was none. */
  updated: number
  authors: string[]
  tags: string[]
}

export type FeedModel = {
  /** `urn:uuid:…`, permanent. */
  id: string
  title: string
  description: string
  /** BCP 47. */
  language: string
  /** The page this is the feed of. */
  siteUrl: string
  selfUrl: string
  /** Newest first, as they shall appear. */
  items: FeedItem[]
  /** Of the newest change among the items, never the clock. */
  updated: number
}

export type FeedFormat = 'rss' | 'atom' | 'json'
