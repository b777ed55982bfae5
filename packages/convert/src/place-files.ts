import {posix} from 'node:path'
import {foldName} from './fold-name.ts'
import type {ForeignDocument} from './foreign-site.ts'
import {replaceDestinations} from './replace-destinations.ts'

/** Where a file of the old site is in the new one. */
export type FileMoves = {
  /** From the address of a file of the old site to its path in the new repository. */
  served: ReadonlyMap<string, string>
  /** Address of the old site without its last slash: what leads there is made to lead within the site. */
  origin: string | undefined
  /** The path in the export of a file that a text names by a way from where it stands. */
  near: (name: string) => string | undefined
  /** The address of a post or page whose file is named by a way from where the text stands. */
  page: (name: string) => string | undefined
}

/**
 * Makes a text of the old site lead to where its files are now: what was served from an address has one below
 * `/assets/`, what lies near the text comes to lie beside it.
 */
export function placeFiles(
  document: Pick<ForeignDocument, 'from' | 'fields' | 'body'>,
  moves: FileMoves,
): {body: string; fields: Record<string, unknown>; beside: ForeignDocument['beside']} {
  const beside = new Map<string, string>()
  const place = (given: string): string => {
    const local = withoutOrigin(given, moves.origin)
    const [, path = '', suffix = ''] = /^([^?#]*)(.*)$/s.exec(local) ?? []
    if (path === '' || /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(local)) return local
    const plain = decode(path)
    if (path.startsWith('/')) {
      const moved = moves.served.get(plain)
      if (moved !== undefined) return `/${moved}${suffix}`
      // A file that the export lacks is still where it was.
      return given !== local && /\.(?!html?$)[a-z0-9]{2,5}$/i.test(path) ? given : local
    }
    const page = moves.page(plain)
    if (page !== undefined) return `${page}${suffix}`
    const from = moves.near(plain)
    if (from === undefined) return local
    const known = beside.get(from) ?? freeName(posix.basename(from), new Set([...beside.values()].map(foldName)))
    beside.set(from, known)
    return `${encodeURI(known).replaceAll('(', '%28').replaceAll(')', '%29')}${suffix}`
  }
  const body = replaceDestinations(document.body, place)
  const fields = {...document.fields}
  const image = imageOf(fields['image'])
  if (image !== undefined) {
    const alt = altOf(fields['image'])
    fields['image'] = place(image)
    if (alt !== undefined && fields['imageAlt'] === undefined) fields['imageAlt'] = alt
  }
  return {body, fields, beside: [...beside].map(([from, name]) => ({from, name}))}
}

function imageOf(image: unknown): string | undefined {
  if (typeof image === 'string') return image
  if (Array.isArray(image)) return imageOf(image[0])
  if (typeof image !== 'object' || image === null) return undefined
  const {src, url, image: own, path} = image as Record<string, unknown>
  return [src, url, own, path].find((value) => typeof value === 'string')
}

function altOf(image: unknown): string | undefined {
  if (typeof image !== 'object' || image === null || !('alt' in image)) return undefined
  return typeof image.alt === 'string' && image.alt !== '' ? image.alt : undefined
}

function withoutOrigin(given: string, origin: string | undefined): string {
  if (origin === undefined || !given.startsWith(origin)) return given
  const rest = given.slice(origin.length)
  return rest === '' ? '/' : /^[/?#]/.test(rest) ? rest : given
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = '', end = ''] = /^(.*?)(\.[^.]*)?$/.exec(name) ?? []
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? name : `${stem}-${n}${end}`
    // A post that lies in a folder is its index.md.
    if (!taken.has(foldName(free)) && foldName(free) !== 'index.md') return free
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
