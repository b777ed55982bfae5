import type {Diagnostic} from '@broadside/content'
import type {Fragment, Ref} from '@broadside/markdown'
import {leadsTo} from '@broadside/markdown/leads-to'
import {describeLostAnchor} from '@broadside/markdown/lost-links'
import {isReserved} from './addresses.ts'
import {metaRefs, refNames, type MetaFiles} from './link-targets.ts'
import {contentAt, resolveRef} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'
import {createSuggester, type Suggest} from './suggest-target.ts'

export type LinkSource = {path: string; fragment: Pick<Fragment, 'refs'>; meta?: MetaFiles}

/**
 * A warning for each reference of a post or page that leads nowhere in this view, or to a part that its target has not,
 * in the order of the text. `suggest` is shared where many sources of one view are asked about.
 */
export async function brokenLinks(
  view: SiteView,
  source: LinkSource,
  suggest: Suggest = createSuggester(view),
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  const warn = (code: string, place: Partial<Ref>, message: string, cure: string) => {
    const {line, column} = place
    const at = line === undefined || column === undefined ? {} : {line, column}
    diagnostics.push({severity: 'warning', code, file: source.path, ...at, message, cure})
  }
  for (const ref of source.fragment.refs) {
    const found = await resolveRef(view, source.path, ref)
    if (found === undefined) {
      const message = `Nothing that is published is at "${ref.url}": the ${ref.kind} is left out.`
      warn('link.broken', ref, message, await cureFor(suggest, source.path, ref))
      continue
    }
    const wanted = found.suffix.split('#')[1] ?? ''
    const target =
      wanted === '' || ref.kind === 'image' ? undefined : await documentOf(view, source.path, ref, found.address)
    const fragment = target === undefined ? undefined : await view.fragment(target.fragmentKey)
    if (target === undefined || fragment === undefined) continue
    const ids = anchorsOf(fragment)
    if (leadsTo(wanted, (id) => ids.has(id))) continue
    const {message, cure} = describeLostAnchor(wanted, [...ids], target.path)
    warn('link.anchor', ref, message, cure)
  }
  for (const ref of metaRefs(source.meta ?? {})) {
    if ((await resolveRef(view, source.path, ref)) !== undefined) continue
    const message = `Nothing that is published is at "${ref.url}", which front matter names: it is left out.`
    warn('link.broken', {}, message, 'Correct the path, which is read from the folder of this file, or add the file.')
  }
  return diagnostics
}

/** Every id of a rendered text that a link may lead to. */
export function anchorsOf({headings, ids = []}: Pick<Fragment, 'headings' | 'ids'>): Set<string> {
  return new Set([...headings.map(({id}) => id), ...ids])
}

async function cureFor(suggest: Suggest, file: string, {url, kind}: Ref): Promise<string> {
  const near = kind === 'link' ? await suggest(file, url) : undefined
  if (near !== undefined) return `Did you mean "${near}"?`
  return url.startsWith('/')
    ? 'Correct the address, or write it whole (https://…) when it leads out of this site.'
    : 'Correct the path, which is read from the folder of this file, or publish what it leads to.'
}

/** The post or page that a reference leads to: by its path, else by its address, by a former one too. */
async function documentOf(view: SiteView, file: string, ref: Ref, address: string) {
  for (const name of refNames(file, ref).names) {
    const document = name.endsWith('.md') ? ((await view.postFrom(name)) ?? (await view.pageFrom(name))) : undefined
    if (document !== undefined) return document
  }
  const content = await contentAt(view, address)
  if (content?.kind === 'post') return content.post
  if (content?.kind === 'page') return content.page
  if (content === undefined || !content.to.startsWith('/')) return undefined
  return (await view.postAt(content.to)) ?? (await view.pageAt(content.to))
}

/** A warning for each line of redirects.yaml that does nothing in this view, sorted by where it leads from. */
export async function brokenRedirects(view: SiteView): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const {from, to, file = 'redirects.yaml'} of (await view.redirects()).toSorted((a, b) =>
    a.from < b.from ? -1 : 1,
  )) {
    const content = await contentAt(view, from)
    if (content?.kind === 'redirect' && content.to === to) continue
    const taken = content !== undefined || isReserved(from)
    diagnostics.push({
      severity: 'warning',
      code: taken ? 'redirect.taken' : 'redirect.broken',
      file,
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
