import {createHash} from 'node:crypto'
import type {Context} from 'hono'
import type {RenderedPage} from './create-pages.ts'

type Status = 200 | 400 | 404 | 429

/**
 * Sends a page that runs nothing but a script of ours, is framed by nobody, is kept nowhere and tells nobody its address, which may hold a
 * token. Styles and pictures come from the site alone.
 */
export function sendPage(c: Context, {html, origin, script}: RenderedPage, status: Status = 200): Response {
  const from = origin === undefined ? "'none'" : origin
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`]),
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
  if (script === undefined) return c.html(html, status)
  return c.html(
    html.replace('</body>', () => `<script>${script}</script></body>`),
    status,
  )
}
