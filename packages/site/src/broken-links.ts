import type {Diagnostic} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {isReserved} from './addresses.ts'
import {metaRefs, type MetaFiles} from './link-targets.ts'
import {contentAt, resolveRef} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'

/** A warning for each reference of a post or page that leads nowhere in this view, in the order of the text. */
export async function brokenLinks(
  view: SiteView,
  source: {path: string; fragment: Pick<Fragment, 'refs'>; meta?: MetaFiles},
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
  for (const ref of metaRefs(source.meta ?? {})) {
    if ((await resolveRef(view, source.path, ref)) !== undefined) continue
    diagnostics.push({
      severity: 'warning',
      code: 'link.broken',
      file: source.path,
      message: `Nothing that is published is at "${ref.url}", which front matter names: it is left out.`,
      cure: 'Correct the path, which is read from the folder of this file, or add the file.',
    })
  }
  return diagnostics
}

/** A warning for each line of redirects.yaml that does nothing in this view, sorted by where it leads from. */
export async function brokenRedirects(view: SiteView): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const {from, to} of (await view.redirects()).toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const content = await contentAt(view, from)
    if (content?.kind === 'redirect' && content.to === to) continue
    const taken = content !== undefined || isReserved(from)
    diagnostics.push({
      severity: 'warning',
      code: taken ? 'redirect.taken' : 'redirect.broken',
      file: 'redirects.yaml',
      message: taken
        ? `The redirect from ${from} is left out: something else is published there.`
        : `The redirect from ${from} is left out: nothing that is published is at ${to}.`,
      cure: taken
        ? 'Take the line out, or move what is at that address.'
        : 'Lead it to an address of this site that exists, or to a whole URL (https://…).',
    })
  }
  return diagnostics
}
