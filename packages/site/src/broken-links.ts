import type {Diagnostic} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {resolveRef} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'

/** A warning for each reference of a post or page that leads nowhere in this view, in the order of the text. */
export async function brokenLinks(
  view: SiteView,
  source: {path: string; fragment: Pick<Fragment, 'refs'>},
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const ref of source.fragment.refs) {
    if ((await resolveRef(view, source.path, ref)) !== undefined) continue
    const place = {file: source.path, line: ref.line, column: ref.column}
    diagnostics.push({
      severity: 'warning',
      code: 'link.broken',
      ...place,
      message: `Nothing that is published is at "${ref.url}": the ${ref.kind} is left out.`,
      cure: ref.url.startsWith('/')
        ? 'Correct the address, or write it whole (https://…) when it leads out of this site.'
        : 'Correct the path, which is read from the folder of this file, or publish what it leads to.',
    })
  }
  return diagnostics
}
