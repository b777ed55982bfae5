import type {Diagnostic} from './diagnostic.ts'
import type {Instant} from './instant.ts'

/** What a post or page says of itself, whatever the spelling of its front matter. */
export type PostMeta = {
  title: string
  /** Last part of the address; of a page the whole path, `team/jobs`. Lower case, NFC. */
  slug: string
  /** Address that replaces the site's pattern, from `/`; may hold `:slug`, `:year`, `:month`, `:day`. */
  permalink?: string
  /** Identity that the author chose; otherwise it comes from the path of birth. */
  id?: string
  /** The id by which feeds of another tool knew it, so that no reader shows it as new. */
  feedId?: string
  /** When it becomes public. Absent: when it was first seen. */
  date?: Instant
  /** When the author says it last changed in a way worth telling. */
  updated?: Instant
  /** When it leaves the site again. */
  expires?: Instant
  draft: boolean
  tags: string[]
  /** Keys of the settings' `authors`, or plain names. */
  authors: string[]
  description?: string
  /** Earlier addresses, each from `/`, that should lead to this one. */
  aliases: string[]
  /** Where readers of its addresses are sent once it has left the site: an address from `/`, or an absolute URL. */
  redirectTo?: string
  /** Path beside the post, address from `/`, or absolute URL. */
  image?: string
  imageAlt?: string
  /** Absolute URL of the original, for posts that appeared elsewhere first. */
  canonical?: string
  /** A recording of it, which feeds carry as an episode of a podcast. */
  audio?: Audio
  /** The series it is a part of; `order` places it there, parts without one follow by date. */
  series?: {name: string; order?: number}
  language?: string
  featured: boolean
  /** It begins with a list of its headings. */
  contents?: true
  newsletter: {send?: boolean; subject?: string; preheader?: string}
}

export type Audio = {
  /** Path beside the post, address from `/`, or absolute URL. */
  src: string
  /** Size and media type, where the file lies elsewhere; what lies in the site is measured. */
  bytes?: number
  type?: string
  seconds?: number
  episode?: number
  season?: number
  explicit?: boolean
  /** Like `src`: a transcript in WebVTT, SRT, HTML or plain text. */
  transcript?: string
}

export type PostSource = {
  meta: PostMeta
  /** Markdown with `\n` line ends. */
  body: string
  /** Line of the file, from 1, on which `body` starts. */
  bodyLine: number
}

/** `post` is undefined when the file is broken: then at least one diagnostic is an error. */
export type ParsedPost = {post: PostSource | undefined; diagnostics: Diagnostic[]}
