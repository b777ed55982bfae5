import {findSite, listSites, type Db, type SitesTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'

/**
 * The site that is meant: the named one, or the only one there is.
 * @throws BroadsideError `site.unknown`, `cli.no-site`, `cli.which-site` (invalid).
 */
export async function chooseSite(db: Db, name: string | undefined): Promise<SitesTable> {
  if (name !== undefined) return findSite(db, name)
  const sites = await listSites(db)
  const [only] = sites
  if (only === undefined) {
    throw new BroadsideError('invalid', 'cli.no-site', 'the ledger has no site yet', {
      hint: 'Start Broadside with one: npm start -- --site PATH',
    })
  }
  if (sites.length === 1) return only
  throw new BroadsideError('invalid', 'cli.which-site', `there are ${sites.length} sites, and none was named`, {
    hint: `Name one of ${sites.map((site) => site.name).join(', ')}`,
  })
}
