import {BroadsideError} from '@broadside/runtime'
import {callApi} from './call-api.ts'
import type {Cdn} from './cdn.ts'
import {inBatches} from './in-batches.ts'

/** What every plan takes in one call. */
const filesPerCall = 30

/**
 * Cloudflare, by zone: `POST /zones/<zone>/purge_cache` with `files`, or with `prefixes` for everything below the
 * site. The token needs the permission Cache Purge.
 */
export function createCloudflare({
  zone,
  token,
  api = 'https://api.cloudflare.com/client/v4',
  budget,
}: {
  zone: string
  token: string
  api?: string | undefined
  budget: number
}): Cdn {
  const describe = () => `Cloudflare, zone ${zone}`
  async function purge(what: string, body: object, signal: AbortSignal | undefined): Promise<void> {
    const url = `${api}/zones/${encodeURIComponent(zone)}/purge_cache`
    const text = await callApi({what, url, headers: {authorization: `Bearer ${token}`}, body, signal})
    const {success, errors} = JSON.parse(text) as {success?: boolean; errors?: {message: string}[]}
    if (success === true) return
    const said = (errors ?? []).map(({message}) => message).join('; ')
    throw new BroadsideError('invalid', 'cdn.refused', `could not ${what}: ${said === '' ? 'no reason given' : said}`)
  }

  return {
    budget,
    purgeUrls: (urls, {signal} = {}) =>
      inBatches(urls, filesPerCall, (files) => purge(`purge ${files.length} URLs at ${describe()}`, {files}, signal)),
    purgeBelow(siteUrl, {signal} = {}) {
      const {host, pathname} = new URL(siteUrl)
      return purge(`purge all of the site at ${describe()}`, {prefixes: [`${host}${pathname}`]}, signal)
    },
    describe,
  }
}
