import type {CallOptions, Cdn} from './cdn.ts'

export type Purged = {urls: number} | {everything: true}

/**
 * Has a CDN forget these URLs of a site: each by itself, or, where they are more than it takes gladly, everything below
 * the site's address. A repeat is harmless.
 */
export async function purge(
  cdn: Cdn,
  {siteUrl, urls}: {siteUrl: string; urls: string[]},
  options: CallOptions = {},
): Promise<Purged> {
  if (urls.length > cdn.budget) {
    await cdn.purgeBelow(siteUrl, options)
    return {everything: true}
  }
  if (urls.length > 0) await cdn.purgeUrls(urls, options)
  return {urls: urls.length}
}
