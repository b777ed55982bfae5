import {decodeText} from './decode-text.ts'
import type {FieldDocument} from './field-document.ts'
import {frontMatterCodes} from './field-codes.ts'
import type {PostMeta, ParsedPost} from './post-source.ts'
import {readFields} from './read-front-matter.ts'
import {readMeta, type StatedMeta} from './read-meta.ts'
import {createReport, type Report} from './report.ts'
import type {SiteSettings} from './site-settings.ts'
import {splitFrontMatter} from './split-front-matter.ts'
import {takeHeading} from './take-heading.ts'

export type DocumentInput = {
  /** Path in the site's repository. */
  file: string
  bytes: Uint8Array
  settings: SiteSettings
  /** Longest file that is read; 5 MB where nothing else is said. */
  maxBytes?: number
}

/** What the path says: used where front matter is silent. */
export type PathMeta = {slug: string; date?: number; draft: boolean}

const defaultMaxBytes = 5_000_000

/**
 * Reads a Markdown file with front matter. `fromPath` judges the path, with what front matter says of the slug; it
 * gives undefined after it told the report that no address can be made.
 */
export function parseDocument(
  {file, bytes, settings, maxBytes = defaultMaxBytes}: DocumentInput,
  fromPath: (
    stated: StatedMeta | undefined,
    report: Report,
    slugAt: ReturnType<FieldDocument['placeOf']>,
  ) => PathMeta | undefined,
): ParsedPost {
  const report = createReport(file, frontMatterCodes)
  const broken = (): ParsedPost => ({post: undefined, diagnostics: report.diagnostics})
  const text = decodeText(bytes, report, maxBytes)
  if (text === undefined) return broken()
  if (text.trim() === '') {
    report.error('post.empty', 'The file is empty.', {cure: 'Write a title and a text, or remove the file.'})
    return broken()
  }
  const split = splitFrontMatter(text)
  if ('code' in split) {
    report.error(split.code, split.message, {at: {line: split.line}, cure: split.cure})
    return broken()
  }
  const document = readFields(split.language, split.source, split.sourceLine, report)
  if (document === undefined) {
    // The path is judged all the same, so that an author learns of everything at once.
    fromPath(undefined, report, undefined)
    return broken()
  }
  const stated = readMeta(document, settings, report)
  const slugKey = Object.keys(document.fields).find((key) => key.toLowerCase() === 'slug')
  const path = fromPath(stated, report, slugKey === undefined ? undefined : document.placeOf([slugKey]))
  if (path === undefined || report.isBroken()) return broken()

  const heading = stated.title === undefined ? takeHeading(split.body, split.bodyLine) : undefined
  const title = stated.title ?? heading?.title ?? titleFromSlug(path.slug)
  if (stated.title === undefined) {
    const cure = `Add it between lines of --- at the top: title: ${JSON.stringify(title)}`
    report.warning('front-matter.no-title', `Front matter gives no title; "${title}" is used.`, {at: {line: 1}, cure})
  }
  const meta: PostMeta = {...stated, title, slug: path.slug, draft: stated.draft || path.draft}
  if (meta.date === undefined && path.date !== undefined) meta.date = path.date
  const body = heading?.body ?? split.body
  if (body.trim() === '') report.warning('post.no-text', 'There is no text below the title.')
  return {post: {meta, body, bodyLine: heading?.bodyLine ?? split.bodyLine}, diagnostics: report.diagnostics}
}

/** `when-nats` reads as "When nats". */
function titleFromSlug(slug: string): string {
  const words = (slug.split('/').at(-1) ?? slug).replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
