import type {Context, Hono} from 'hono'
import type {MailCount} from '@broadside/ledger'
import type {TokenPurpose} from '@broadside/subscribers'
import type {Audience} from '../audience.ts'
import {createBearers} from '../create-bearers.ts'
import type {Pages} from '../create-pages.ts'
import {readerIp} from '../reader-ip.ts'
import type {Counter} from './create-counter.ts'
import {readerOf} from './reader-of.ts'

/** One transparent pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/**
 * Where the counted links and the pixel of mails lead, of sites that ask for counting. `/c/<token>/<url>` passes on to
 * the address that it was signed with, and to no other; it takes nothing from the ledger, so it works while that is away.
 * Counting is all that a GET does here: who never asks is in no way treated otherwise.
 */
export function addCountRoutes(
  app: Hono,
  audience: Audience,
  {pages, counter}: {pages: Pages; counter: Counter},
): void {
  const {deps, options} = audience
  const {broken} = createBearers(audience, pages)

  app.get('/c/:token/:url', (c) => {
    const url = Buffer.from(c.req.param('url'), 'base64url').toString()
    const edition = editionOf(c.req.param('token'), 'click', url)
    if (edition === undefined || !/^https?:\/\//i.test(url)) return broken(c)
    note(c, {edition, kind: 'click', url})
    headers(c)
    return c.redirect(url, 302)
  })
  app.get('/o/:file', (c) => {
    const edition = editionOf(c.req.param('file').replace(/\.gif$/, ''), 'open')
    if (edition === undefined) return broken(c)
    note(c, {edition, kind: 'open', url: ''})
    headers(c)
    return c.body(new Uint8Array(pixel), 200, {'Content-Type': 'image/gif'})
  })

  function editionOf(token: string, purpose: TokenPurpose, url?: string): string | undefined {
    try {
      return deps.tokens.verify(token, purpose, new Date(deps.clock.now()), url).subscriber
    } catch {
      return undefined
    }
  }

  function note(c: Context, what: Pick<MailCount, 'edition' | 'kind' | 'url'>): void {
    const userAgent = c.req.header('user-agent')
    const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-purpose')
    const reader = readerOf({kind: what.kind, method: c.req.method, userAgent, purpose})
    // Behind a proxy that is not to be believed, everybody comes from its address.
    const isHidden = !options.trustProxy && c.req.header('x-forwarded-for') !== undefined
    counter.note({...what, reader, userAgent, ip: isHidden ? undefined : readerIp(c, options)})
  }
}

function headers(c: Context): void {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Robots-Tag', 'noindex')
}
