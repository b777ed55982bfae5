import {createHash, timingSafeEqual} from 'node:crypto'
import {isLoopback} from '@broadside/runtime'
import type {MiddlewareHandler} from 'hono'

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * Lets in whoever knows the token, as `Authorization: Bearer` or as the password of HTTP Basic (RFC 7617). Without a
 * token only requests that name this machine itself are answered: a foreign page whose name was pointed at loopback
 * would otherwise read the console through its visitor's browser.
 */
export function consoleGuard(token: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (token !== undefined) {
      if (!isToken(given(c.req.header('authorization')), token)) {
        c.header('www-authenticate', 'Basic realm="Broadside console", charset="UTF-8"')
        return c.text('The console asks for its token, as the password.\n', 401)
      }
    } else if (!isLoopback(c.req.header('host') ?? new URL(c.req.url).host)) {
      return c.text('The console answers on this machine alone, unless CONSOLE_TOKEN is set.\n', 403)
    }
    await next()
  }
}

function given(authorization: string | undefined): string {
  const [scheme = '', value = ''] = (authorization ?? '').split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return ''
  const pair = Buffer.from(value, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}

/** Compared by their hashes, in constant time: neither length nor beginning of the token shows. */
function isToken(candidate: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(candidate), digest(token))
}
