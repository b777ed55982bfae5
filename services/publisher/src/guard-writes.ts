import {checkFence, markInDoubt, type Ledger, type ManifestTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'

/**
 * Runs `work`, which writes to the objects at these rows and records it under the fence of their release. When it
 * fails and the fence has closed meanwhile, it may have written late, over a newer release, after a pause that nobody
 * saw coming: the rows are put in doubt, and the next look puts them right.
 */
export async function guardWrites(
  ledger: Ledger,
  rows: Omit<ManifestTable, 'state'>[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const [first] = rows
    if (first !== undefined && (await isOver(ledger, first))) await ledger.transaction((db) => markInDoubt(db, rows))
    throw error
  }
}

async function isOver({db}: Ledger, {site, release}: Pick<ManifestTable, 'site' | 'release'>): Promise<boolean> {
  try {
    await checkFence(db, site, release)
    return false
  } catch (error) {
    if (error instanceof BroadsideError && error.code === 'release.fenced') return true
    throw error
  }
}
