import type {Diagnostic} from '@broadside/content'
import {checkExternal, type ExternalOptions} from './check-external.ts'
import {checkWithHistory} from './check-with-history.ts'
import {loadSite, type LoadOptions} from './load-site.ts'

export type CheckedSite = {
  /** Posts and pages that were looked at. */
  documents: number
  /** Sorted by place. */
  diagnostics: Diagnostic[]
}

/** Everything that is to be said of a site's working tree, without any server. */
export async function checkSite(
  options: LoadOptions & {now: number; external?: ExternalOptions | undefined},
): Promise<CheckedSite> {
  const {now, external} = options
  const site = await loadSite(options)
  const diagnostics = [
    ...site.diagnostics,
    ...site.documents.flatMap(({document}) => document.diagnostics),
    ...(await checkWithHistory(options.tree, site, now)),
    ...(external === undefined ? [] : await checkExternal(site.documents, external)),
  ]
  return {documents: site.documents.length, diagnostics: diagnostics.toSorted(byPlace)}
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
