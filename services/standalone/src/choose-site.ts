import {listSites, type Db} from '@broadside/ledger'

/** A site and the part of a path below its address. */
export type ChosenSite = {site: string; base: string}

/**
 * The site that a URL belongs to: of those at its host, or where there is none of all, the one with the longest path
 * that it begins with.
 */
export async function chooseSite(db: Db, url: URL): Promise<ChosenSite | undefined> {
  const sites = (await listSites(db)).map(({name, site_url: siteUrl}) => {
    const {host, pathname} = new URL(siteUrl)
    return {site: name, host, base: pathname.replace(/\/*$/, '/')}
  })
  const here = sites.filter(({base}) => `${url.pathname}/`.startsWith(base))
  const known = here.filter(({host}) => host === url.host)
  const [best] = (known.length > 0 ? known : here).toSorted((a, b) => b.base.length - a.base.length)
  return best
}
