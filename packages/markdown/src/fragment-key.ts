import {createHash} from 'node:crypto'
import type {RenderOptions} from './fragment.ts'

/** Raised whenever the same source would give other bytes: then every fragment is made anew. */
export const pipelineVersion = 1

/**
 * Names a fragment before it is made: SHA-256, in hex, over everything its bytes depend on. The parser is left out,
 * since all parsers must give the same; file and first line are in, since diagnostics and refs carry them.
 */
export function fragmentKey(source: string, options: RenderOptions): string {
  const {footnoteLabel = null, footnoteBackLabel = null} = options.markdown ?? {}
  const inputs = [pipelineVersion, options.file, options.bodyLine ?? 1, footnoteLabel, footnoteBackLabel, source]
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
}
