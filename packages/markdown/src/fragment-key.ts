import {createHash} from 'node:crypto'
import type {RenderOptions} from './fragment.ts'
import {markdownWords} from './markdown-words.ts'

/** Raised whenever the same source would give other bytes: then every fragment is made anew. */
export const pipelineVersion = 8

/**
 * Names a fragment before it is made: SHA-256, in hex, over everything its bytes depend on. The parser is left out,
 * since all parsers must give the same; file and first line are in, since diagnostics and refs carry them.
 */
export function fragmentKey(source: string, options: RenderOptions): string {
  const {
    language = 'en',
    headingLinks = true,
    smartPunctuation = false,
    math = false,
    lineNumbers = false,
  } = {
    ...options.markdown,
  }
  const words = Object.entries(markdownWords(language, options.markdown?.words)).sort(([a], [b]) => (a < b ? -1 : 1))
  const chosen = [smartPunctuation ? language : '', headingLinks, math, lineNumbers, words]
  const inputs = [pipelineVersion, options.file, options.bodyLine ?? 1, chosen, source]
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
}
