import {request as httpRequest} from 'node:http'
import {request as httpsRequest} from 'node:https'
import {explainStatus, unreachable} from './call-api.ts'
import type {Cdn} from './cdn.ts'
import {inBatches} from './in-batches.ts'

const atOnce = 8

/**
 * A cache that takes `PURGE` for an address and `BAN` for many, as Varnish does with the VCL of infra/varnish.vcl, nginx
 * with its purge module, and Souin. Each call goes to `origin` and carries the site's own host. `BAN` says what is meant
 * by regular expressions in `X-Host` and `X-Url`; a cache that does not know it gets a `PURGE` with a `*` at the end
 * (`wildcard: 'star'`), or one for each address (`'each'`). A cache that answers 404 or 412 did not keep the address,
 * which is as good.
 */
export function createPurgeCache({
  origin,
  wildcard,
  budget,
}: {
  origin: string
  wildcard: 'ban' | 'star' | 'each'
  budget: number
}): Cdn {
  const where = new URL(origin)
  const send = where.protocol === 'https:' ? httpsRequest : httpRequest
  const describe = () => `the cache at ${where.host}`

  function call(method: string, url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<void> {
    const what = `${method} ${url.pathname} at ${describe()}`
    return new Promise((resolve, reject) => {
      const asked = send(
        {
          host: where.hostname,
          port: where.port,
          method,
          path: `${url.pathname}${url.search}`,
          headers: {host: url.host, ...headers},
          ...(signal === undefined ? {} : {signal}),
        },
        (answer) => {
          answer.resume()
          const {statusCode: status = 0} = answer
          const isDone = (status >= 200 && status < 300) || status === 404 || status === 412
          answer.on('end', () => (isDone ? resolve() : reject(explainStatus(what, status, ''))))
          answer.on('error', (error) => reject(unreachable(what, error)))
        },
      )
      asked.on('error', (error) => reject(unreachable(what, error)))
      asked.end()
    })
  }

  return {
    budget: wildcard === 'each' ? Number.POSITIVE_INFINITY : budget,
    purgeUrls: (urls, {signal} = {}) =>
      inBatches(urls, atOnce, (batch) => Promise.all(batch.map((url) => call('PURGE', new URL(url), {}, signal)))),
    purgeBelow(siteUrl, {signal} = {}) {
      const url = new URL(siteUrl)
      if (wildcard === 'star') return call('PURGE', new URL('*', url), {}, signal)
      const headers = {'x-host': `^${escapeRegex(url.host)}$`, 'x-url': `^${escapeRegex(url.pathname)}`}
      return call('BAN', url, headers, signal)
    },
    describe,
  }
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
