import type {PostSource} from './post-source.ts'
import {splitFrontMatter} from './split-front-matter.ts'

/** A heading at the top, which is the title where front matter gives none. */
const topHeading = /^(?:[ \t]*\n)* {0,3}#[ \t]/
/** A key for the language, or an escape that could spell one. */
const maybeLanguage = /lang|\\/i

/**
 * The text below the front matter of a post or page that was read before, the same as `parsePost` gives, where front
 * matter need not be read again for it: undefined where a heading may be the title, or the file may be in another
 * language than the site.
 */
export function bodyBelow(source: string): Pick<PostSource, 'body' | 'bodyLine'> | undefined {
  const split = splitFrontMatter(source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'))
  if ('code' in split || maybeLanguage.test(split.source) || topHeading.test(split.body)) return undefined
  return {body: split.body, bodyLine: split.bodyLine}
}
