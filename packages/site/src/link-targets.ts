import type {Fragment, Ref} from '@broadside/markdown'
import {decodePath, normaliseAddress} from './addresses.ts'

/** `names` in the order they are tried: addresses start with `/`, paths of the repository do not. */
export type RefNames = {names: string[]; suffix: string}

/**
 * What a reference in `file` can mean. A relative one is a path of the repository, `.md` and `/index.md` understood
 * (`../when-nats` finds `posts/when-nats.md` or the folder's `index.md`); one that leaves the repository means nothing.
 * A rooted one is an address below the base path, else a path from the repository's root. The query and fragment are
 * kept as `suffix`.
 */
export function refNames(file: string, ref: Pick<Ref, 'url'>): RefNames {
  const cut = ref.url.search(/[?#]/)
  const raw = cut === -1 ? ref.url : ref.url.slice(0, cut)
  const suffix = cut === -1 ? '' : ref.url.slice(cut)
  if (raw === '') return {names: [file], suffix}
  const path = decodePath(raw)
  if (path.startsWith('/')) return {names: [normaliseAddress(raw), ...pathNames('', path)], suffix}
  return {names: pathNames(file.slice(0, file.lastIndexOf('/') + 1), path), suffix}
}

function pathNames(folder: string, path: string): string[] {
  const segments: string[] = []
  for (const segment of `${folder}${path}`.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return []
  }
  const name = segments.join('/')
  if (name === '') return []
  return name.endsWith('.md') ? [name] : [name, `${name}.md`, `${name}/index.md`]
}

/**
 * The names under which the references of the fragment and of front matter are filed, each once and sorted: the index
 * behind `SiteView.linkingTo`, which is asked by `filedUnder`. What a path means with `.md` or `/index.md` behind it is
 * not filed, since that triples the index. It follows from the source alone, whatever of it is live.
 */
export function linkTargets(file: string, fragment: Pick<Fragment, 'refs'>, meta: MetaFiles = {}): string[] {
  const refs = [...fragment.refs, ...metaRefs(meta)]
  return [...new Set(refs.flatMap((ref) => filedNames(refNames(file, ref).names)))].toSorted()
}

/** The address of a rooted one, and the path as it is written. */
function filedNames(names: string[]): string[] {
  return names.slice(0, names[0]?.startsWith('/') ? 2 : 1)
}

/** The names of the index under which a reference that can mean `target` may be filed. */
export function filedUnder(target: string): string[] {
  const written = ['.md', '/index.md'].flatMap((end) => (target.endsWith(end) ? target.slice(0, -end.length) : []))
  // One that is written with `.md` means nothing else.
  return [target, ...written.filter((name) => name !== '' && !name.startsWith('/') && !name.endsWith('.md'))]
}

/** The files that front matter names, which are published with the post. */
export type MetaFiles = {image?: string; audio?: {src: string; transcript?: string}}

/** What front matter refers to in the site, as references of the text do. Absolute URLs are none. */
export function metaRefs({image, audio}: MetaFiles): {url: string}[] {
  return [image, audio?.src, audio?.transcript]
    .filter((url) => url !== undefined && !isWebUrl(url))
    .map((url) => ({url: url ?? ''}))
}

/** Whether it leads to a host of its own. */
export function isWebUrl(url: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url)
}
