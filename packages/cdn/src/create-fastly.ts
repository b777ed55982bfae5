import {createHash} from 'node:crypto'
import {callApi} from './call-api.ts'
import type {Cdn} from './cdn.ts'
import {inBatches} from './in-batches.ts'

/** Fastly takes no more in one call. */
const keysPerCall = 256
const atOnce = 8

/**
 * Fastly, by service. With `keys` it is told surrogate keys, 256 in a call: the service's VCL gives each answer the key
 * of its path (`surrogateKey`) and the site's host. Without, each URL is purged by a call of its own, and for
 * everything below the site the whole service is.
 */
export function createFastly({
  service,
  token,
  keys,
  api = 'https://api.fastly.com',
  budget,
}: {
  service: string
  token: string
  keys: boolean
  api?: string | undefined
  budget: number
}): Cdn {
  const describe = () => `Fastly, service ${service}`
  const headers = {'fastly-key': token, accept: 'application/json'}
  const ofService = `${api}/service/${encodeURIComponent(service)}`
  const purgeKeys = (wanted: string[], signal: AbortSignal | undefined) =>
    callApi({
      what: `purge ${wanted.length} surrogate keys at ${describe()}`,
      url: `${ofService}/purge`,
      headers: {...headers, 'surrogate-key': wanted.join(' ')},
      signal,
    })
  const purgeUrl = (url: string, signal: AbortSignal | undefined) =>
    callApi({
      what: `purge ${url} at ${describe()}`,
      url: `${api}/purge/${url.replace(/^https?:\/\//, '')}`,
      headers,
      signal,
    })

  return {
    budget,
    purgeUrls(urls, {signal} = {}) {
      if (keys) return inBatches(urls.map(surrogateKey), keysPerCall, (batch) => purgeKeys(batch, signal))
      return inBatches(urls, atOnce, (batch) => Promise.all(batch.map((url) => purgeUrl(url, signal))))
    },
    async purgeBelow(siteUrl, {signal} = {}) {
      if (keys) await purgeKeys([new URL(siteUrl).host], signal)
      else {
        const what = `purge everything at ${describe()}`
        await callApi({what, url: `${ofService}/purge_all`, headers, signal})
      }
    },
    describe,
  }
}

/** The key that an answer has by its path: the first 16 hex digits of the path's SHA-256, which VCL can make as well. */
function surrogateKey(url: string): string {
  return createHash('sha256').update(new URL(url).pathname).digest('hex').slice(0, 16)
}
