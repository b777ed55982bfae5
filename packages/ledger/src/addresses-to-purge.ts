import type {Db} from './open-ledger.ts'
import type {ReleasesTable} from './tables.ts'

/**
 * Addresses at which a CDN may keep something that is no longer so, at most `limit`. `changed`: what was put since the
 * last release that the CDN was told all of, and what those between have removed; `removed`: what this one has removed.
 */
export async function addressesToPurge(
  db: Db,
  {site, number}: Pick<ReleasesTable, 'site' | 'number'>,
  which: 'changed' | 'removed',
  limit: number,
): Promise<string[]> {
  const told = await db
    .selectFrom('releases')
    .select('number')
    .where('site', '=', site)
    .where('purge', '=', 'done')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const after = which === 'removed' ? number - 1 : (told?.number ?? 0)
  const rows = await db
    .selectFrom('release_outputs')
    .select('address')
    .distinct()
    .where('site', '=', site)
    .where('release', '>', after)
    .where('release', '<=', number)
    .where('state', 'in', which === 'removed' ? ['removed'] : ['put', 'removed'])
    .orderBy('address')
    .limit(limit)
    .execute()
  return rows.map(({address}) => address)
}
