import {BroadsideError} from '@broadside/runtime'
import type {Cdn} from './cdn.ts'
import {createBunny} from './create-bunny.ts'
import {createCloudflare} from './create-cloudflare.ts'
import {createFastly} from './create-fastly.ts'
import {createPurgeCache} from './create-purge-cache.ts'

const defaultBudget = 100

/**
 * Opens the CDN at an address:
 *
 * - `purge+http://cache:6081` (Varnish, nginx, Souin; `?wildcard=star` or `each` for caches that know no `BAN`)
 * - `cloudfront://DISTRIBUTION`
 * - `cloudflare://ZONE`, `fastly://SERVICE` (`?keys=path` with surrogate keys), `bunny://ZONE`, which need a token
 *
 * `?budget=100` is how many URLs are purged one by one; `?api=` another address of the API.
 *
 * @throws BroadsideError `cdn.url` (invalid).
 */
export async function openCdn(address: string, token: string | undefined): Promise<Cdn> {
  const url = URL.parse(address)
  if (url === null) throw wrong('it is no URL')
  const {searchParams: options, host} = url
  const budget = readBudget(options.get('budget'))
  const api = options.get('api') ?? undefined
  const tokenOf = (): string => {
    if (token === undefined) throw wrong('it needs a token, in CDN_TOKEN of the site')
    return token
  }
  if (host === '') throw wrong('it names nothing after //')
  switch (url.protocol) {
    case 'purge+http:':
    case 'purge+https:': {
      const origin = `${url.protocol.slice('purge+'.length)}//${host}`
      return createPurgeCache({origin, budget, wildcard: readWildcard(options.get('wildcard'))})
    }
    case 'cloudfront:': {
      // The client of AWS is large, and few installations need it. Ids of distributions are upper case in the URL as given.
      const {createCloudFront} = await import('./create-cloudfront.ts')
      return createCloudFront({distribution: namedIn(address), api, budget})
    }
    case 'cloudflare:':
      return createCloudflare({zone: namedIn(address), token: tokenOf(), api, budget})
    case 'fastly:':
      return createFastly({
        service: namedIn(address),
        token: tokenOf(),
        keys: options.get('keys') === 'path',
        api,
        budget,
      })
    case 'bunny:':
      return createBunny({token: tokenOf(), api, budget})
    default:
      throw wrong(`${url.protocol}// is no CDN that it knows`)
  }
}

/** The part after `//` as it was written: names of services and distributions tell upper from lower case. */
function namedIn(address: string): string {
  return /^[a-z]+:\/\/([\w-]+)/.exec(address)?.[1] ?? ''
}

function readWildcard(given: string | null): 'ban' | 'star' | 'each' {
  if (given === null || given === 'ban' || given === 'star' || given === 'each') return given ?? 'ban'
  throw wrong(`wildcard=${given} is none of ban, star and each`)
}

function readBudget(given: string | null): number {
  if (given === null) return defaultBudget
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw wrong(`budget=${given} is no number of URLs`)
}

function wrong(why: string): BroadsideError {
  return new BroadsideError('invalid', 'cdn.url', `CDN_URL cannot be used: ${why}`, {
    hint: 'Such are purge+http://cache:6081, cloudfront://E2EXAMPLE, cloudflare://ZONE, fastly://SERVICE, bunny://ZONE',
  })
}
