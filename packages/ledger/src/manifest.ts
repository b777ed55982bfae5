import {stateIs} from './state-is.ts'
import type {Db} from './open-ledger.ts'
import type {ManifestTable} from './tables.ts'

const chunk = 100

/** The manifest's entries at these keys. */
export async function manifestAt(db: Db, site: string, keys: string[]): Promise<Map<string, ManifestTable>> {
  const found = new Map<string, ManifestTable>()
  for (let start = 0; start < keys.length; start += chunk) {
    const rows = await db
      .selectFrom('manifest')
      .selectAll()
      .where('site', '=', site)
      .where('key', 'in', keys.slice(start, start + chunk))
      .execute()
    for (const row of rows) found.set(row.key, row)
  }
  return found
}

/**
 * Says that nobody knows what is at these keys, before the first call that writes there. A key in doubt counts as
 * different from anything, until the objects' answer is recorded by `recordPuts` or `recordRemovals`.
 */
export async function markInDoubt(db: Db, rows: Omit<ManifestTable, 'state'>[]): Promise<void> {
  for (let start = 0; start < rows.length; start += chunk) {
    await db
      .insertInto('manifest')
      .values(rows.slice(start, start + chunk).map((row) => ({...row, state: 'doubt'})))
      .onConflict((c) =>
        c.columns(['site', 'key']).doUpdateSet({state: 'doubt', release: (e) => e.ref('excluded.release')}),
      )
      .execute()
  }
}

/**
 * The objects have answered: these are live now. A key that another release has put in doubt since stays in doubt:
 * whose write came last is not known.
 */
export async function recordPuts(db: Db, rows: Omit<ManifestTable, 'state'>[]): Promise<void> {
  for (let start = 0; start < rows.length; start += chunk) {
    await db
      .insertInto('manifest')
      .values(rows.slice(start, start + chunk).map((row) => ({...row, state: 'live'})))
      .onConflict((c) =>
        c
          .columns(['site', 'key'])
          .doUpdateSet({
            state: 'live',
            hash: (e) => e.ref('excluded.hash'),
            headers: (e) => e.ref('excluded.headers'),
            address: (e) => e.ref('excluded.address'),
            etag: (e) => e.ref('excluded.etag'),
            release: (e) => e.ref('excluded.release'),
          })
          .whereRef('manifest.release', '=', 'excluded.release' as 'manifest.release'),
      )
      .execute()
  }
}

/** Only what `release` itself has put in doubt is gone; the rest stays in doubt, as with `recordPuts`. */
export async function recordRemovals(db: Db, site: string, release: number, keys: string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += chunk) {
    await db
      .deleteFrom('manifest')
      .where('site', '=', site)
      .where('release', '=', release)
      .where('key', 'in', keys.slice(start, start + chunk))
      .execute()
  }
}

/**
 * Says that these are no part of the site any more and stay where they are, for readers of older pages. From then on
 * `release` is the one that has left them out. What is in doubt is not told so, for nobody knows what is there.
 */
export async function keepOutputs(db: Db, site: string, release: number, keys: string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += chunk) {
    await db
      .updateTable('manifest')
      .set({state: 'kept', release})
      .where('site', '=', site)
      .where('state', '=', 'live')
      .where('key', 'in', keys.slice(start, start + chunk))
      .execute()
  }
}

/** What releases up to `release` have left out and is kept all the same. */
export async function keptUpTo(db: Db, site: string, release: number): Promise<ManifestTable[]> {
  return db
    .selectFrom('manifest')
    .selectAll()
    .where('site', '=', site)
    .where(stateIs('kept'))
    .where('release', '<=', release)
    .execute()
}

/** Everything in the manifest, by address, a page at a time. */
export async function* manifestEntries(db: Db, site: string): AsyncGenerator<ManifestTable> {
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('manifest')
      .selectAll()
      .where('site', '=', site)
      .where('key', '>', last)
      .orderBy('key')
      .limit(500)
      .execute()
    yield* rows
    if (rows.length < 500) return
    last = rows.at(-1)!.key
  }
}

export async function addressesInDoubt(db: Db, site: string): Promise<string[]> {
  const rows = await db
    .selectFrom('manifest')
    .select('address')
    .where('site', '=', site)
    .where(stateIs('doubt'))
    .execute()
  return rows.map(({address}) => address)
}
