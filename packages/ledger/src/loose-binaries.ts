import type {Db} from './open-ledger.ts'

const chunk = 200

/** Of these files of a site, those that a version of it or something made for it names. */
export async function namedBinaries(db: Db, site: string, hashes: string[]): Promise<Set<string>> {
  const named = new Set<string>()
  for (let start = 0; start < hashes.length; start += chunk) {
    const some = hashes.slice(start, start + chunk)
    const rows = await db
      .selectFrom('asset_versions')
      .select('hash')
      .distinct()
      .where('site', '=', site)
      .where('hash', 'in', some)
      .execute()
    for (const {hash} of rows) named.add(hash)
  }
  return named
}

/** The SHA-256 of every output that lies in the objects for a site, kept ones among them. */
export async function outputHashes(db: Db, site: string): Promise<Set<string>> {
  const hashes = new Set<string>()
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('manifest')
      .select(['key', 'hash'])
      .where('site', '=', site)
      .where('key', '>', last)
      .orderBy('key')
      .limit(2_000)
      .execute()
    for (const {hash} of rows) hashes.add(hash)
    if (rows.length < 2_000) return hashes
    last = rows.at(-1)!.key
  }
}

/**
 * Notes which files of a site nothing names now; those that something names again are forgotten. Since when each is loose
 * stays as it was first noted.
 */
export async function noteLoose(db: Db, site: string, loose: Set<string>, now: number): Promise<void> {
  const known = await db.selectFrom('loose_binaries').select('hash').where('site', '=', site).execute()
  await forgetLoose(
    db,
    site,
    known.map(({hash}) => hash).filter((hash) => !loose.has(hash)),
  )
  const rows = [...loose].map((hash) => ({site, hash, since: now}))
  for (let start = 0; start < rows.length; start += chunk) {
    await db
      .insertInto('loose_binaries')
      .values(rows.slice(start, start + chunk))
      .onConflict((c) => c.doNothing())
      .execute()
  }
}

/** Files that were loose whenever somebody looked, from before `since` on. */
export async function looseBefore(db: Db, site: string, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('loose_binaries')
    .select('hash')
    .where('site', '=', site)
    .where('since', '<=', since)
    .orderBy('hash')
    .execute()
  return rows.map(({hash}) => hash)
}

export async function forgetLoose(db: Db, site: string, hashes: string[]): Promise<void> {
  for (let start = 0; start < hashes.length; start += chunk) {
    const some = hashes.slice(start, start + chunk)
    await db.deleteFrom('loose_binaries').where('site', '=', site).where('hash', 'in', some).execute()
  }
}
