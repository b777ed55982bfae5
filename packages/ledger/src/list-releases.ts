import {BroadsideError} from '@broadside/runtime'
import type {Db} from './open-ledger.ts'
import type {ReleasesTable} from './tables.ts'

/** A release with the revision that it carries. */
export type ListedRelease = ReleasesTable & {commit_id: string; cause: string}

/** Releases of a site, the newest first. */
export async function listReleases(
  db: Db,
  {site, limit = 20}: {site: string; limit?: number},
): Promise<ListedRelease[]> {
  return db
    .selectFrom('releases as l')
    .innerJoin('revisions as r', (join) => join.onRef('r.site', '=', 'l.site').onRef('r.number', '=', 'l.revision'))
    .selectAll('l')
    .select(['r.commit_id', 'r.cause'])
    .where('l.site', '=', site)
    .orderBy('l.number', 'desc')
    .limit(limit)
    .execute()
}

/**
 * The revision that somebody names: `12` is release 12, `r34` revision 34.
 * @throws BroadsideError `release.name`, `release.unknown`, `revision.unknown` (invalid).
 */
export async function findReleaseOrRevision(
  db: Db,
  site: string,
  name: string,
): Promise<{revision: number; release: number | undefined}> {
  const [, mark, digits] = /^(r?)(\d{1,9})$/.exec(name) ?? []
  if (mark === undefined || digits === undefined) {
    throw new BroadsideError('invalid', 'release.name', `${JSON.stringify(name)} names no release and no revision`, {
      hint: '12 is release 12, and r34 is revision 34; broadside releases shows both',
    })
  }
  const number = Number(digits)
  if (mark === '') {
    const row = await db
      .selectFrom('releases')
      .select('revision')
      .where('site', '=', site)
      .where('number', '=', number)
      .executeTakeFirst()
    if (row !== undefined) return {revision: row.revision, release: number}
    throw new BroadsideError('invalid', 'release.unknown', `there is no release ${number} of ${site}`, {
      hint: 'broadside releases shows those there are',
    })
  }
  const row = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row !== undefined) return {revision: number, release: undefined}
  throw new BroadsideError('invalid', 'revision.unknown', `there is no revision ${number} of ${site}`, {
    hint: 'broadside status shows the newest',
  })
}
