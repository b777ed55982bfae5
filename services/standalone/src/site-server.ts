import {Hono, type Context} from 'hono'
import type {Ledger} from '@broadside/ledger'
import type {Objects, StoredObject} from '@broadside/objects'
import {chooseSite} from './choose-site.ts'

/**
 * Serves the sites from the objects, each below its own address, as a static host does: `/posts/x/` is its index.html,
 * `/posts/x` leads there, what is not there answers 404.html; with the headers it was put with, and 304 for those who
 * have the bytes.
 */
export function siteRoutes(objects: Objects, {db}: Pick<Ledger, 'db'>): Hono {
  const routes = new Hono()
  routes.on(['GET', 'HEAD'], '/*', async (c) => {
    const url = new URL(c.req.url)
    const chosen = await chooseSite(db, url)
    if (chosen === undefined) return c.text('There is no such site', 404)
    if (!url.pathname.startsWith(chosen.base)) return c.redirect(chosen.base, 301)
    const key = decode(url.pathname.slice(chosen.base.length))
    if (key === undefined || key.includes('\0')) return c.text('Bad request', 400)
    const find = (name: string) => objects.get(`sites/${chosen.site}/${name}`).catch(() => undefined)
    const found = key === '' || key.endsWith('/') ? await find(`${key}index.html`) : await find(key)
    if (found !== undefined) return answer(c, found, found.headers.status ?? 200)
    if (!key.endsWith('/') && (await find(`${key}/index.html`)) !== undefined) {
      return c.redirect(`${url.pathname}/`, 301)
    }
    const missing = await find('404.html')
    return missing === undefined ? c.text('Nothing is published here yet', 404) : answer(c, missing, 404)
  })
  return routes
}

/**
 * What a page cannot say of itself. Its content policy is in the page, which alone knows where its forms lead and what an
 * author's own theme needs.
 */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "frame-ancestors 'self'; object-src 'none'",
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
}

/** A drawing that somebody opens by itself is a document: it may draw, with its own styles, and do nothing else. */
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

function answer(c: Context, {body, headers, etag}: StoredObject, status: 200 | 404 | 410): Response {
  const sent: Record<string, string> = {
    'content-type': headers.contentType,
    'cache-control': status === 200 ? headers.cacheControl : 'no-cache',
    ...securityHeaders,
  }
  if (headers.contentType.startsWith('image/svg+xml')) sent['content-security-policy'] = drawingPolicy
  if (headers.link !== undefined) sent['link'] = headers.link
  if (headers.contentEncoding !== undefined) sent['content-encoding'] = headers.contentEncoding
  if (status === 200) sent['etag'] = `"${etag}"`
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  if (status === 200 && known !== undefined && (known.includes('*') || known.includes(`"${etag}"`))) {
    return new Response(null, {status: 304, headers: sent})
  }
  sent['content-length'] = String(body.byteLength)
  return new Response(c.req.method === 'HEAD' ? null : new Uint8Array(body), {status, headers: sent})
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
