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
  }
  newsletter: NewsletterSettings
  markdown?: MarkdownSettings
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
