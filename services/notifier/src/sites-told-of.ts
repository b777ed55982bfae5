import {listPreviews, listSites, type Db, type SitesTable} from '@broadside/ledger'

/** A site whose commits have a status; of a preview, `of` is the site whose forge that is set at. */
export type ToldSite = {site: SitesTable; of: SitesTable}

/** The sites and their previews, without those that were removed. */
export async function sitesToldOf(db: Db): Promise<ToldSite[]> {
  const told: ToldSite[] = []
  for (const of of await listSites(db)) {
    told.push({site: of, of})
    for (const site of await listPreviews(db, of.name)) told.push({site, of})
  }
  return told
}
