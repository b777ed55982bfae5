/** Somebody who writes for the site; posts name authors by their key. */
export type Author = {name: string; role?: string; url?: string}

export type NavigationLink = {label: string; url: string}

export type NewsletterSettings = {
  /** Whether new posts are mailed. Off when broadside.yaml has no `newsletter`, on when it has one that does not say. */
  enabled: boolean
  /** Name of the newsletter, where it differs from the site's title. */
  name?: string
  /** Address, or `Name <address>`, that mails come from; its domain must be one that the operator allows. */
  from?: string
  replyTo?: string
  /** Postal address for the footer, as several countries' laws ask. Lines are separated by `\n`. */
  postalAddress?: string
  /** A new post dated further back than this many days is not mailed without a yes. */
  autoSendDays: number
  /** A scheduled post that goes live later than this many hours after its moment is not mailed without a yes. Default 24. */
  graceHours?: number
  /** Whether mails hold a picture by which it is counted how often they are opened. Default false. */
  countOpens?: boolean
  /** Whether links in mails lead past a counter. Default false. */
  countClicks?: boolean
}

/** RFC 9116. */
export type SecuritySettings = {
  /** `mailto:` or `https:` URLs, the preferred first. */
  contact: string[]
  /** When the file stops to be valid: the author's to renew, since pages know no clock. */
  expires: number
  policy?: string
}

export type PodcastSettings = {
  author?: string
  /** Where the directories reach the owner; it stands in the feed for all to see. */
  email?: string
  /** The cover: a path from the repository's root, an address from `/`, or a URL. */
  image?: string
  /** As Apple names them: `Technology`. */
  category?: string
  explicit: boolean
  /** The podcast's own, where it had one before; otherwise it comes from the site's id. */
  guid?: string
}

/** How the site's Markdown is read; what is left out has the renderer's default. */
export type MarkdownSettings = {
  /** Quotation marks, dashes and ellipses in the post's language. Default false. */
  smartPunctuation?: boolean
  /** `$…$` and `$$…$$` are formulas. Default false. */
  math?: boolean
  /** Code blocks number their lines unless they say otherwise. Default false. */
  lineNumbers?: boolean
  /** Headings end in a link to themselves. Default true. */
  headingLinks?: boolean
}

/** What an author may decide about a site: the keys of `broadside.yaml`. Everything is optional there. */
export type SiteSettings = {
  /** What feed ids hang on instead of the site's name. Set it once, when a site moves; changing it renews all feed items. */
  id?: string
  title: string
  tagline: string
  description: string
  /** BCP 47 tag, for example `en` or `pt-BR`. */
  language: string
  /** IANA time zone in which dates without a zone are read, for example `Europe/Lisbon`. */
  timezone: string
  authors: Record<string, Author>
  navigation: NavigationLink[]
  /** Address of a post: `:slug`, and optionally `:year`, `:month`, `:day` of its date in the site's time zone. */
  permalink: string
  feeds: {
    /** Newest posts that a feed holds, 1 to 100. */
    items: number
    /** How large a feed may grow, 1 kB being 1,000 bytes: it then holds fewer items. Default 1,000. */
    maxKilobytes?: number
    /** WebSub hubs that readers may subscribe at. */
    hubs?: string[]
  }
  /** What `/.well-known/security.txt` says; without it there is none. */
  security?: SecuritySettings
  /** Makes the site's RSS feed a podcast that directories accept. */
  podcast?: PodcastSettings
  newsletter: NewsletterSettings
  /** Who is told what. `failures`: the author of a push that fails, by mail, where the operator allows their domain. */
  notify?: {failures: boolean}
  markdown?: MarkdownSettings
  /** Whether posts without an image of their own get one for previews elsewhere. Default false. */
  cards?: boolean
  /** Whether the site has a page that searches it. Default true. */
  search?: boolean
  theme: {
    /** CSS custom properties of the theme by name without dashes, for example `accent: "#b00"`. */
    variables: Record<string, string>
  }
}

/** The settings of a site without a `broadside.yaml`. */
export function defaultSettings(siteName: string): SiteSettings {
  return {
    title: siteName,
    tagline: '',
    description: '',
    language: 'en',
    timezone: 'UTC',
    authors: Object.create(null) as Record<string, Author>,
    navigation: [],
    permalink: '/posts/:slug/',
    feeds: {items: 20},
    newsletter: {enabled: false, autoSendDays: 7},
    theme: {variables: Object.create(null) as Record<string, string>},
  }
}
