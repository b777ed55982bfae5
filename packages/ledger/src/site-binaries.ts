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

export type MadeImage = {source: string; recipe: string; hash: string}

/** What was made of a site's images. */
export async function madeImages(db: Db, site: string): Promise<MadeImage[]> {
  return db.selectFrom('image_files').select(['source', 'recipe', 'hash']).where('site', '=', site).execute()
}

/** Forgets these of a site, so that they are made again. */
export async function forgetImages(db: Db, site: string, images: readonly MadeImage[]): Promise<void> {
  for (const {source, recipe} of images) {
    await db
      .deleteFrom('image_files')
      .where('site', '=', site)
      .where('source', '=', source)
      .where('recipe', '=', recipe)
      .execute()
  }
}
