import type {Context} from 'hono'
import type {RenderedPage} from './create-pages.ts'

type Status = 200 | 400 | 404 | 429

/**
 * Sends a page that runs nothing, is framed by nobody, is kept nowhere and tells nobody its address, which may hold a
 * token. Styles and pictures come from the site alone.
 */
export function sendPage(c: Context, {html, origin}: RenderedPage, status: Status = 200): Response {
  const from = origin === undefined ? "'none'" : origin
  const policy = [
    "default-src 'none'",
    `style-src ${from}`,
    `font-src ${from}`,
    `img-src data:${origin === undefined ? '' : ` ${origin}`}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  c.header('Content-Security-Policy', policy.join('; '))
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('X-Robots-Tag', 'noindex')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'no-store')
  return c.html(html, status)
}
