import type {Db} from './open-ledger.ts'
import {holdsAt} from './version-range.ts'

/** The files of a site's repository that a revision publishes or may publish: where they stand, and their SHA-256. */
export async function binariesAt(db: Db, site: string, revision: number): Promise<{path: string; hash: string}[]> {
  return db
    .selectFrom('asset_versions as a')
    .select(['a.path', 'a.hash'])
    .where('a.site', '=', site)
    .where(holdsAt('a', revision))
    .orderBy('a.path')
    .execute()
}

/** Forgets what was made of a site's images and is kept no longer, so that it is made again; gives how much. */
export async function forgetLostImages(db: Db, site: string, isKept: (hash: string) => boolean): Promise<number> {
  const rows = await db
    .selectFrom('image_files')
    .select(['source', 'recipe', 'hash'])
    .where('site', '=', site)
    .execute()
  const lost = rows.filter(({hash}) => !isKept(hash))
  for (const {source, recipe} of lost) {
    await db
      .deleteFrom('image_files')
      .where('site', '=', site)
      .where('source', '=', source)
      .where('recipe', '=', recipe)
      .execute()
  }
  return lost.length
}
