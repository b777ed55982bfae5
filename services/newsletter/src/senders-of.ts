import {domainsOf, listSites, type Db, type SitesTable} from '@broadside/ledger'
import type {NewsletterOptions} from './newsletter.ts'

/** What the operator lets a site write from. */
export type Senders = Pick<NewsletterOptions, 'mailFrom' | 'fromDomains'> & {
  /** Domains that belong to other sites. */
  othersDomains: readonly string[]
}

/** A site writes from its own domains; one without any from the installation's, save those of other sites. */
export async function sendersOf(
  db: Db,
  site: SitesTable,
  {mailFrom, fromDomains}: Pick<NewsletterOptions, 'mailFrom' | 'fromDomains'>,
): Promise<Senders> {
  const own = domainsOf(site)
  const others = (await listSites(db)).filter(({name}) => name !== site.name)
  return {mailFrom, fromDomains: own.length > 0 ? own : fromDomains, othersDomains: others.flatMap(domainsOf)}
}
