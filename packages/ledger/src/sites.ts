import {BroadsideError} from '@broadside/runtime'
import type {Db} from './open-ledger.ts'
import type {SitesTable} from './tables.ts'

/** What the operator decides about a site. */
export type SiteRow = Pick<SitesTable, 'name' | 'remote' | 'branch' | 'site_url' | 'audience_url'>

const sitePattern = /^[a-z0-9-]{1,40}$/

/**
 * Adds a site, or brings its row up to date; what it has published stays.
 * @throws BroadsideError `site.name` (invalid).
 */
export async function ensureSite(db: Db, row: SiteRow, {id, now}: {id: string; now: number}): Promise<void> {
  if (!sitePattern.test(row.name)) {
    throw new BroadsideError('invalid', 'site.name', `${JSON.stringify(row.name)} cannot be a site's name`, {
      hint: 'Use 1 to 40 of a-z, 0-9 and dashes',
    })
  }
  const {name: _name, ...rest} = row
  await db
    .insertInto('sites')
    .values({...row, id, state: 'active', first_revision: null, created_at: now})
    .onConflict((c) => c.column('name').doUpdateSet(rest))
    .execute()
}

export async function listSites(db: Db): Promise<SitesTable[]> {
  return db.selectFrom('sites').selectAll().orderBy('name').execute()
}

/** @throws BroadsideError `site.unknown` (invalid). */
export async function findSite(db: Db, name: string): Promise<SitesTable> {
  const site = await db.selectFrom('sites').selectAll().where('name', '=', name).executeTakeFirst()
  if (site !== undefined) return site
  throw new BroadsideError('invalid', 'site.unknown', `there is no site ${JSON.stringify(name)}`, {
    hint: 'broadside status shows the sites there are',
  })
}
