import {ownerOf} from '@broadside/ledger'
import {openCdn, type Cdn} from '@broadside/cdn'
import {objectsSiteConfig} from '@broadside/objects'
import {readSiteConfig} from '@broadside/runtime'
import {z} from 'zod'

/** What the operator sets for one site, each behind `BROADSIDE_SITE_<NAME>_`; `.env.example` shows each variable. */
export const publisherSiteConfig = {
  ...objectsSiteConfig,
  CDN_URL: z.string().optional().describe('the cache in front of the site, which is told what has changed'),
  RELEASE_RECORD: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('whether /.well-known/broadside.json tells which release of the site is live'),
  CDN_TOKEN: z.string().optional().describe('a token of the CDN that may purge and nothing else'),
}

/**
 * Whether a record of the newest release lies beside a site.
 * @throws BroadsideError `config.invalid` (invalid).
 */
export function keepsRecordOf(env: Record<string, string | undefined>): (site: string) => boolean {
  return (site) => readSiteConfig(publisherSiteConfig, site, env).RELEASE_RECORD === 'yes'
}

/**
 * Gives the CDN of a site, opened once for each address and token; undefined where the operator has set none.
 * @throws BroadsideError `config.invalid`, `cdn.url` (invalid).
 */
export function createCdns(env: Record<string, string | undefined>): (site: string) => Promise<Cdn | undefined> {
  const opened = new Map<string, Promise<Cdn>>()
  return async (name) => {
    // A preview lies below the address of its site.
    const site = ownerOf(name)
    const {CDN_URL: url, CDN_TOKEN: token} = readSiteConfig(publisherSiteConfig, site, env)
    if (url === undefined) return undefined
    const key = JSON.stringify([url, token])
    const known = opened.get(key) ?? openCdn(url, token)
    opened.set(key, known)
    return known
  }
}
