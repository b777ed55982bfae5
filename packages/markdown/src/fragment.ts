import type {Diagnostic} from '@broadside/content'

/** What a site may choose about its Markdown; part of the fragment's key. */
export type MarkdownOptions = {
  /** Heading of the footnotes, for screen readers. Default `Footnotes`. */
  footnoteLabel?: string
  /** Label of the link from a footnote back to its mark; `{reference}` becomes its number. Default `Back to reference {reference}`. */
  footnoteBackLabel?: string
}

/** Either parser gives the same fragment; `satteri` is native and much faster, `remark` is the reference. */
export type ParserName = 'satteri' | 'remark'

export type RenderOptions = {
  /** Path of the file in the site's repository, for diagnostics. */
  file: string
  /** Line of the file, from 1, on which the source (the body below the front matter) begins. Default 1. */
  bodyLine?: number
  markdown?: MarkdownOptions
  /** Default: `satteri` where its native binding loads, else `remark`. */
  parser?: ParserName
}

/** A relative reference in a fragment, left open until a page is built. */
export type Ref = {
  /** `link` leads somewhere (`a href`, `cite`); `image` is shown in place (`img`, `video`, `audio` and their parts). */
  kind: 'link' | 'image'
  attribute: 'href' | 'cite' | 'src' | 'poster'
  /**
   * As the author wrote it, in URL form: what may not stand in a URL is percent-encoded (`my%20photo.jpg`), so decode the
   * path before looking for a file. May end in `?query` and `#part`.
   */
  url: string
  /** Line of the file, from 1. */
  line: number
  /** From 1. */
  column: number
}

export type Heading = {depth: number; id: string; text: string}

/** A piece of HTML, the place of a whole attribute (` href="…"`) that a ref fills, or HTML for the web variant alone. */
export type FragmentPart = string | {ref: number} | {web: string}

/** A rendered body. Plain JSON; the same source and options give the same bytes, whichever the parser. */
export type Fragment = {
  /** The pipeline's version that made it; see `pipelineVersion`. */
  version: number
  /** Sanitised HTML; `joinFragment` puts it together. */
  parts: FragmentPart[]
  refs: Ref[]
  /** In the order of the text, without the footnotes' own heading. */
  headings: Heading[]
  /** Plain text of the first paragraph, at most 280 characters, cut at a word and then ending in `…`. */
  excerpt: string
  /** Number of words, for reading time; each CJK character counts as one. */
  words: number
  diagnostics: Diagnostic[]
}
