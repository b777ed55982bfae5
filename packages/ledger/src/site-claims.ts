import {BroadsideError} from '@broadside/runtime'
import type {SitesTable} from './tables.ts'

/** What a site claims for itself. */
export type SiteClaims = Pick<SitesTable, 'name' | 'site_url'> & {from_domains?: string | null}

/**
 * Two sites share neither an address nor a domain to write from: one of them could publish or write in the name of
 * the other. Below a site's URL only names that start with `~` can be another's, since no author has those.
 *
 * @throws BroadsideError `site.url`, `site.url-taken`, `site.from-taken` (invalid).
 */
export function checkClaims(site: SiteClaims, others: SiteClaims[]): void {
  const base = baseOf(site.site_url)
  for (const other of others) {
    if (other.name === site.name) continue
    if (isOverlap(base, baseOf(other.site_url))) {
      throw new BroadsideError('invalid', 'site.url-taken', `${site.site_url} belongs to ${other.name}, or holds it`, {
        hint: 'Give each site a host of its own, a path beside the others, or a name with ~ below another one',
      })
    }
    const domain = domainsOf(site).find((one) =>
      domainsOf(other).some((two) => isWithin(one, two) || isWithin(two, one)),
    )
    if (domain !== undefined) {
      throw new BroadsideError('invalid', 'site.from-taken', `${other.name} writes from ${domain}`, {
        hint: 'Give each site domains of its own to write from',
      })
    }
  }
}

/** Domains that belong to the site alone. */
export function domainsOf({from_domains: domains}: Pick<SiteClaims, 'from_domains'>): string[] {
  return (domains ?? '').split(',').filter((domain) => domain !== '')
}

/** `mail.example.org` is within `example.org`, and so is that itself. */
export function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`)
}

function baseOf(siteUrl: string): URL {
  const url = URL.parse(siteUrl)
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '') {
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/`
    return url
  }
  throw new BroadsideError('invalid', 'site.url', `${JSON.stringify(siteUrl)} is no address of a site`, {
    hint: 'Write it in full, https://notes.example.org/',
  })
}

function isOverlap(one: URL, other: URL): boolean {
  if (one.origin !== other.origin) return false
  const [outer, inner] = [one.pathname, other.pathname].toSorted((a, b) => a.length - b.length) as [string, string]
  return inner.startsWith(outer) && !(inner.length > outer.length && inner[outer.length] === '~')
}
