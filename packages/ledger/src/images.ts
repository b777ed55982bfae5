import type {ImagesTable} from './tables.ts'
import type {Db} from './open-ledger.ts'
import {openEnd} from './version-range.ts'

/** What is known of a file as an image; undefined for one that nobody has looked at. */
export async function findImage(db: Db, hash: string): Promise<ImagesTable | undefined> {
  return db.selectFrom('images').selectAll().where('hash', '=', hash).executeTakeFirst()
}

/** Keeps what was found out about an image; what was understood before stays. */
export async function recordImage(db: Db, image: Omit<ImagesTable, 'failed'>): Promise<void> {
  await db
    .insertInto('images')
    .values({...image, failed: null})
    .onConflict((c) => c.doNothing())
    .execute()
  const {hash, facts, removed} = image
  await db.updateTable('images').set({facts, removed}).where('hash', '=', hash).where('facts', 'is', null).execute()
}

/** The files that were made of an image for a site: recipe → SHA-256. */
export async function imageFilesOf(db: Db, site: string, source: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('image_files')
    .select(['recipe', 'hash'])
    .where('site', '=', site)
    .where('source', '=', source)
    .execute()
  return new Map(rows.map(({recipe, hash}) => [recipe, hash]))
}

/** Remembers what was made, once it is kept. A repeat has the same bytes and changes nothing. */
export async function recordImageFiles(
  db: Db,
  site: string,
  source: string,
  made: {recipe: string; hash: string}[],
): Promise<void> {
  if (made.length === 0) return
  await db
    .insertInto('image_files')
    .values(made.map((one) => ({site, source, ...one})))
    .onConflict((c) => c.doNothing())
    .execute()
}

/**
 * Writes down that an encoder of this version cannot make the variants of an image, so that no page names them, and tells
 * the author beside the newest revision, at the image itself. A repeat tells nothing more. True for whoever is first to
 * know.
 */
export async function recordImageFailure(
  db: Db,
  {site, hash, encoder, problem}: {site: string; hash: string; encoder: number; problem: string},
): Promise<boolean> {
  const done = await db
    .updateTable('images')
    .set({failed: encoder})
    .where('hash', '=', hash)
    .where((e) => e.or([e('failed', 'is', null), e('failed', '!=', encoder)]))
    .executeTakeFirst()
  if (done.numUpdatedRows === 0n) return false
  const newest = await db
    .selectFrom('revisions')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
    .executeTakeFirst()
  const files = await db
    .selectFrom('asset_versions')
    .select('path')
    .where('site', '=', site)
    .where('hash', '=', hash)
    .where('to_revision', '=', openEnd)
    .orderBy('path')
    .execute()
  if (newest === undefined || files.length === 0) return true
  const told = {severity: 'warning', code: 'image.broken', line: null, column_number: null}
  const rows = files.map(({path}) => ({
    ...told,
    site,
    revision: newest.number,
    file: path,
    message: `The image ${path.slice(path.lastIndexOf('/') + 1)} is published as it is, without smaller versions: ${problem}.`,
    cure: 'Open it and save it anew as JPEG, PNG, WebP or AVIF.',
  }))
  await db.insertInto('diagnostics').values(rows).execute()
  return true
}
