/** A date as machines read it (ISO 8601 with the site's offset, for `datetime`) and as people do, in the site's language. */
export type DateModel = {iso: string; text: string}

export type LinkModel = {label: string; url: string}

/** `url` is the author's page here, `website` one of their own. */
export type AuthorModel = {name: string; role?: string | undefined; url: string; website?: string | undefined}

/** A post as lists show it. */
export type CardModel = {
  title: string
  url: string
  date: DateModel
  updated?: DateModel | undefined
  /** Plain text; it is escaped by the template. */
  excerpt: string
  /** Reading time, at least 1. */
  minutes: number
  tags: LinkModel[]
  authors: AuthorModel[]
  /** BCP 47, where the post is not in the site's language. */
  language?: string | undefined
}

export type PostModel = CardModel & {
  /** The body, sanitised: templates print it with `| raw`. */
  html: string
  newer?: LinkModel | undefined
  older?: LinkModel | undefined
  series?: SeriesModel | undefined
  image?: ImageModel | undefined
  audio?: {url: string; type: string} | undefined
  /** Its headings, where its author wants them listed. */
  contents?: ContentsModel | undefined
  /** At most three. */
  related: CardModel[]
}

/** The headings of a text, each with those one level below it. */
export type ContentsModel = (LinkModel & {parts: LinkModel[]})[]

/** The series of a post: its page, the author's number of this part, and the parts before and after it. */
export type SeriesModel = LinkModel & {
  part?: number | undefined
  previous?: LinkModel | undefined
  next?: LinkModel | undefined
}

/** `url` is absolute. */
export type ImageModel = {
  url: string
  alt?: string | undefined
  /** In pixels, where they are known. */
  width?: number | undefined
  height?: number | undefined
}

/** A feed that pages announce with `<link rel="alternate">` and the footer lists. */
export type FeedLinkModel = {title: string; type: string; url: string}

export type SiteModel = {
  title: string
  tagline: string
  description: string
  /** BCP 47: `en`, `de-AT`. */
  language: string
  homeUrl: string
  stylesheetUrl: string
  navigation: LinkModel[]
  feeds: FeedLinkModel[]
  archiveUrl: string
  /** The page that searches; left out where there is none. */
  searchUrl?: string | undefined
  /** Where the sign-up form posts to, and the site's name it sends along. Left out where there is no newsletter. */
  subscribe?: {action: string; site: string} | undefined
  /** Content-Security-Policy, for the `meta` element; left out where a header says it. */
  policy?: string | undefined
  footerText?: string | undefined
}

export type HeadModel = {
  /** What the browser's tab says, whole: the theme adds nothing to it. */
  title: string
  description: string
  canonicalUrl: string
  /** `noindex`, where search engines should stay away. */
  robots?: string | undefined
  kind: 'website' | 'article'
  /** What the page is called where the site's name stands beside it; left out, `title`. */
  heading?: string | undefined
  /** For previews elsewhere. */
  image?: ImageModel | undefined
  /** The same in Markdown, for programs that read. */
  markdownUrl?: string | undefined
  /** JSON-LD, https://schema.org, printed as data that nothing runs. */
  structured?: object | undefined
}

export type YearGroupModel = {year: string; posts: CardModel[]}

export type YearModel = {year: string; url: string; count: number}

export type FieldModel = {
  name: string
  /** Left out for `hidden`; of a `note` all there is. */
  label?: string | undefined
  type: 'hidden' | 'text' | 'email' | 'checkbox' | 'radio' | 'select' | 'note'
  value?: string | undefined
  /** Of a `checkbox` or `radio`. */
  checked?: boolean | undefined
  /** Of a `select`; `value` is the one that is chosen. */
  options?: string[] | undefined
  required?: boolean | undefined
  autocomplete?: string | undefined
}

type Common = {site: SiteModel; page: HeadModel}

/** What each template is given. Addresses are ready to print, base path and all. */
export type Models = {
  front: Common & {featured?: CardModel | undefined; posts: CardModel[]; tags: LinkModel[]}
  post: Common & {post: PostModel}
  page: Common & {heading: string; html: string; contents?: ContentsModel | undefined}
  tag: Common & {tag: string; count: number; years: LinkModel[]; groups: YearGroupModel[]}
  /** The parts in the order to read them. */
  series: Common & {series: string; count: number; posts: CardModel[]}
  author: Common & {author: AuthorModel; count: number; years: LinkModel[]; groups: YearGroupModel[]}
  /** Without `year` the front of the archive, which may list posts too. */
  archive: Common & {years: YearModel[]; year?: string | undefined; posts: CardModel[]}
  'not-found': Common
  /** At the address of a post that was taken down. */
  gone: Common
  /** `index` is the folder of the index, `script` what searches it. */
  search: Common & {index: string; script: string}
  redirect: Common & {target: string}
  /** The audience service's pages: a message, and where `action` is given, a form that posts to it. */
  form: Common & {
    heading: string
    /** Plain text; a blank line parts paragraphs. */
    text: string
    action?: string | undefined
    fields?: FieldModel[] | undefined
    button?: string | undefined
    /** Below the form. */
    links?: LinkModel[] | undefined
  }
}

export type TemplateName = keyof Models
