/** One post as readers' programs get it: whole, and with absolute URLs only. */
export type FeedItem = {
  /** `urn:uuid:…`, permanent: a reader shows an item again when its id changes. */
  id: string
  /** The id that readers know it by from another tool's feed: it stays, so that nothing is shown as new again. */
  knownAs?: string
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
  /** Shown beside the item by readers that show one. */
  image?: FeedFile
  /** What a player of podcasts plays. */
  audio?: FeedAudio
}

/** `bytes` is left out where nobody knows. */
export type FeedFile = {url: string; type: string; bytes?: number}

export type FeedAudio = FeedFile & {
  seconds?: number
  episode?: number
  season?: number
  explicit?: boolean
  transcript?: {url: string; type: string}
}

/** What directories of podcasts ask of a feed. */
export type PodcastModel = {
  /** UUID, permanent. */
  guid: string
  author: string
  email?: string
  image?: string
  category?: string
  explicit: boolean
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
  /** WebSub hubs. */
  hubs?: string[]
  /** How browsers show the XML; they take the first that they know. */
  stylesheets?: {type: string; href: string}[]
  /** RSS alone carries it. */
  podcast?: PodcastModel
  /** Of the newest change among the items, never the clock. */
  updated: number
}

export type FeedFormat = 'rss' | 'atom' | 'json'
