import {openSiteView, type Ledger} from '@broadside/ledger'
import {imagePlaces} from '@broadside/site'

/** An image that is shown oftener is told of at the first places. */
const maxPlaces = 3

/**
 * Leads what is told of broken images from their files to the lines that show them, once these are rendered. What no text
 * shows stays at its file. A repeat, or a race with another, tells nothing twice.
 *
 * @param revision the newest one of the site unless given.
 */
export async function placeImages({db, transaction}: Ledger, site: string, revision?: number): Promise<void> {
  const told = db
    .selectFrom('diagnostics')
    .selectAll()
    .where('site', '=', site)
    .where('code', '=', 'image.broken')
    .where('line', 'is', null)
  const newest = db
    .selectFrom('revisions')
    .select((e) => e.fn.max('number').as('number'))
    .where('site', '=', site)
  const rows = await told.where('revision', '=', revision ?? newest).execute()
  if (rows.length === 0) return
  const view = await openSiteView(db, site, rows[0]!.revision)
  for (const row of rows) {
    const places = await imagePlaces(view, row.file, maxPlaces)
    if (places.length === 0) continue
    await transaction(async (tx) => {
      const {numDeletedRows} = await tx
        .deleteFrom('diagnostics')
        .where('site', '=', site)
        .where('revision', '=', row.revision)
        .where('file', '=', row.file)
        .where('code', '=', 'image.broken')
        .where('line', 'is', null)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return
      const placed = places.map(({file, line, column}) => ({...row, file, line, column_number: column}))
      await tx.insertInto('diagnostics').values(placed).execute()
    })
  }
}
