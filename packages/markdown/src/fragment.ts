import type {Diagnostic} from '@broadside/content'
import type {MarkdownWords} from './markdown-words.ts'

/** What a site may choose about its Markdown; part of the fragment's key. */
export type MarkdownOptions = {
  /** BCP 47 tag: chooses the words and the quotation marks. Default `en`. */
  language?: string
  /** Words that differ from those of the language. */
  words?: Partial<MarkdownWords>
  /** Whether each heading ends in a link to itself, on the web. Default true. */
  headingLinks?: boolean
  /** Turns straight quotes, `--`, `---` and `...` into the language's typography. Default false. */
  smartPunctuation?: boolean
  /** Reads `$…$` and `$$…$$` as TeX; a fence called `math` is TeX in any case. Default false: prices have dollars too. */
  math?: boolean
  /** Numbers the lines of code blocks that do not say so themselves. Default false. */
  lineNumbers?: boolean
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

/**
 * A piece of HTML; the place of a whole attribute (` href="…"`) that a ref fills; HTML for the web with what stands in
 * feeds and mails instead (nothing, where there is no `plain`); or an image of the site.
 */
export type FragmentPart = string | {ref: number} | {web: string; plain?: string} | {image: FragmentImage}

/** An image whose file the site may know: its size and smaller variants are filled in when a page is built. */
export type FragmentImage = {
  /** That of its `src`. */
  ref: number
  /** Its other attributes, as HTML that begins with a space. */
  attributes: string
  /** As its author wrote them, in HTML. */
  width?: string
  height?: string
  /** What only a browser on the page can use: how eagerly it is loaded. */
  web: string
  /** Stands in a `picture` of its author's, which chooses already. */
  chosen?: true
}

/** A rendered body. Plain JSON; the same source and options give the same bytes, whichever the parser. */
export type Fragment = {
  /** The pipeline's version that made it; see `pipelineVersion`. */
  version: number
  /** Sanitised HTML; `joinFragment` puts it together. */
  parts: FragmentPart[]
  refs: Ref[]
  /** In the order of the text, without the footnotes' own heading. */
  headings: Heading[]
  /** What else a link may lead to, where there is any: footnotes, and ids of the author's own HTML. */
  ids?: string[]
  /** Plain text of the first paragraph, at most 280 characters, cut at a word and then ending in `…`. */
  excerpt: string
  /** Number of words, for reading time; each CJK character counts as one. */
  words: number
  diagnostics: Diagnostic[]
}
