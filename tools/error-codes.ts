import {readSources} from './source-tree.ts'
import type {SourceFile} from './source-tree.ts'

export type CodeUse = {code: string; path: string}

const kinds = 'invalid|transient|throttled|uncertain|bug'
const code = "'([a-z][a-z0-9-]*(?:\\.[a-z][a-z0-9-]*)+)'"

/** The ways in which sources give a code: of an error beside its kind, and of a diagnostic. */
const forms = [
  `'(?:${kinds})',\\s*${code}`,
  `\\bnew BroadsideError\\(\\s*[^',]+,\\s*${code}`,
  `\\bcode: ${code}`,
  `\\breport\\.(?:error|warning)\\(\\s*${code}`,
  `\\bproblem\\(\\s*${code}`,
].map((form) => new RegExp(form, 'g'))

/** Every text that could be a code; what stands before it, or a colon or bracket after it, says that it is something else. */
const literal = new RegExp(`(\\b(?:event|name|type|kind): (?:[^',\\n]+ \\? )?)?${code}(?![:(])`, 'g')
const fileName = /\.(?:conf|css|db|html|json|log|md|mjs|sock|sql|toml|ts|txt|xml|yaml)$/

/** The sources of the product: what a code can come from. */
export function productSources(): SourceFile[] {
  return [...readSources('packages'), ...readSources('services')].filter(
    ({path, isTest}) => !isTest && !path.startsWith('packages/testkit/'),
  )
}

/** The codes that sources give in one of the usual forms. */
export function givenCodes(files: SourceFile[]): CodeUse[] {
  return files.flatMap(({path, text}) =>
    forms.flatMap((form) => [...text.matchAll(form)].map((match) => ({code: match[1] as string, path}))),
  )
}

/**
 * Texts in the families of the known codes (`bus.…`) that stand anywhere else, as in a table or behind a condition.
 * Names of events, jobs and loops, which look alike, are left out where they stand beside what says so, and those
 * in `otherNames` everywhere.
 */
export function possibleCodes(files: SourceFile[], families: Set<string>, otherNames: Set<string>): CodeUse[] {
  return files.flatMap(({path, text}) =>
    [...text.matchAll(literal)]
      .filter(([, marked]) => marked === undefined)
      .map((match) => match[2] as string)
      .filter((found) => !fileName.test(found))
      .filter((found) => families.has(found.slice(0, found.indexOf('.'))) && !otherNames.has(found))
      .map((found) => ({code: found, path})),
  )
}
