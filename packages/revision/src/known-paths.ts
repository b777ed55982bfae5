import {openEnd, type Db} from '@broadside/ledger'

/** The files of a site's repository that the ledger holds something of now. */
export async function knownPaths(db: Db, site: string): Promise<string[]> {
  const posts = await db
    .selectFrom('posts')
    .select('path')
    .where('site', '=', site)
    .where('path', 'is not', null)
    .execute()
  const versioned = async (table: 'page_versions' | 'asset_versions') =>
    db.selectFrom(table).select('path').where('site', '=', site).where('to_revision', '=', openEnd).execute()
  const waiting = await db.selectFrom('waiting_pages').select('path').where('site', '=', site).execute()
  const files = [...(await versioned('page_versions')), ...(await versioned('asset_versions')), ...waiting]
  return [...posts, ...files].map(({path}) => path!)
}
