import {readFile} from 'node:fs/promises'
import {Hono, type Context} from 'hono'
import {getCookie} from 'hono/cookie'
import {normaliseAddress} from '@broadside/site'
import {notFoundAddress, type ShownOutput} from './preview.ts'
import type {Studio} from './start-studio.ts'

/** Asks for lists with what is not there yet; the studio's page sets it. */
const comingCookie = 'broadside-coming'

/** What a page cannot say of itself, as servers of published sites say it. */
const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "frame-ancestors 'self'; object-src 'none'",
}
/** A drawing that somebody opens by itself is a document: it may draw, with its own styles, and do nothing else. */
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

/** Serves the site as a static host does, each output built when it is asked for. */
export function previewRoutes(studio: Studio): Hono {
  const routes = new Hono()
  routes.on(['GET', 'HEAD'], '/*', async (c) => {
    const {pathname} = new URL(c.req.url)
    const address = normaliseAddress(pathname)
    const snapshot = studio.site.current()
    const coming = isComing(c)
    const shown = await studio.preview.at(snapshot, address, coming)
    if (shown !== undefined) {
      if (address.endsWith('/') && !/\/(?:index\.html)?$/.test(pathname)) return c.redirect(`${pathname}/`, 301)
      return answer(c, studio, shown, shown.headers.status ?? 200)
    }
    const missing = await studio.preview.at(snapshot, notFoundAddress, coming)
    return missing === undefined ? c.text('Nothing is here', 404) : answer(c, studio, missing, 404)
  })
  return routes
}

export function isComing(c: Context): boolean {
  return getCookie(c, comingCookie) === '1'
}

async function answer(
  c: Context,
  studio: Studio,
  {output, headers: own, hash}: ShownOutput,
  status: 200 | 404 | 410,
): Promise<Response> {
  const sent: Record<string, string> = {'content-type': own.contentType, ...headers}
  // What is named by its content may be kept; all else may be another with the next save.
  sent['cache-control'] = own.cacheControl.includes('immutable') && status === 200 ? own.cacheControl : 'no-cache'
  if (own.contentType.startsWith('image/svg+xml')) sent['content-security-policy'] = drawingPolicy
  if (own.link !== undefined) sent['link'] = own.link
  if (status === 200) sent['etag'] = `"${hash}"`
  if (status === 200 && c.req.header('if-none-match') === `"${hash}"`)
    return new Response(null, {status: 304, headers: sent})
  const body = await bytesOf(studio, output)
  if (body === undefined) return c.text('Nothing can be made of this image', 404)
  return new Response(c.req.method === 'HEAD' ? null : new Uint8Array(body), {status, headers: sent})
}

async function bytesOf({files, make}: Studio, output: ShownOutput['output']): Promise<Uint8Array | undefined> {
  if ('body' in output) return output.body
  if ('blob' in output) return files.read(output.blob)
  const made = await make(output.make)
  return made === undefined ? undefined : readFile(made.file)
}
