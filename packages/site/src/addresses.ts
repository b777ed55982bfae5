import {placeOf} from './place.ts'

/** Ends in something like `.html` or `.xml`: a file and not a folder. */
const fileName = /\.[a-z][a-z0-9]{0,7}$/i

/**
 * One spelling for each address: rooted, decoded, NFC, no empty or dot segments, a trailing slash unless it names a
 * file, no `index.html`. So `old/post`, `/old/post/index.html` and `/old//post/` are all `/old/post/`. A query or
 * fragment is dropped.
 */
export function normaliseAddress(address: string): string {
  const [path = ''] = address.split(/[?#]/, 1)
  const segments = decodePath(path)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\p{Cc}/gu, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
  if (segments.at(-1) === 'index.html') segments.pop()
  const last = segments.at(-1)
  if (last === undefined) return '/'
  const folder = path.endsWith('/') || path.endsWith('/index.html') || !fileName.test(last)
  // Joined at once, it is one string in memory and not a chain of three.
  return ['', ...segments, ...(folder ? [''] : [])].join('/')
}

/** Percent-decoded; what is not valid percent-encoding stands for itself. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/**
 * Address of a post. `pattern` is the site's permalink, which the post's own replaces; `:slug`, `:year`, `:month` and
 * `:day` are filled in, the last three from `day` (see `localDay`).
 */
export function postAddress(pattern: string, meta: {slug: string; permalink?: string}, day: string): string {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-')
  const values: Record<string, string> = {slug: meta.slug, year, month, day: dayOfMonth}
  return normaliseAddress(
    (meta.permalink ?? pattern).replaceAll(/:(slug|year|month|day)/g, (token, name: string) =>
      encodeURIComponent(values[name] ?? token),
    ),
  )
}

/** Address of a page: its own permalink, else its slug (`team/jobs`) as a path. */
export function pageAddress(meta: {slug: string; permalink?: string}): string {
  return normaliseAddress(meta.permalink ?? `/${meta.slug}/`)
}

/** Whether Broadside writes that address itself, or another site may, so that no post, page or redirect can have it. */
export function isReserved(address: string): boolean {
  return address.startsWith('/~') || placeOf(address).kind !== 'content'
}

/** The object's name below the site's prefix: `/posts/x/` is `posts/x/index.html`, `/feed.xml` is `feed.xml`. */
export function keyOf(address: string): string {
  return `${address.slice(1)}${address.endsWith('/') ? 'index.html' : ''}`
}

export type Urls = {
  /** The address as pages link to it: with the base path, percent-encoded. */
  path(address: string): string
  /** The same as an absolute URL, for feeds, mails and canonical links. */
  absolute(address: string): string
}

/** Turns addresses into URLs below `siteUrl`, which may have a path: `https://x.example/blog/`. */
export function createUrls(siteUrl: string): Urls {
  const base = new URL(siteUrl)
  const basePath = base.pathname.replace(/\/*$/, '')
  const path = (address: string) => `${basePath}${encodePath(address)}`
  return {path, absolute: (address) => `${base.origin}${path(address)}`}
}

function encodePath(address: string): string {
  return address.split('/').map(encodeURIComponent).join('/')
}
