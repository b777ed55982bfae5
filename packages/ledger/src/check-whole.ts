import {BroadsideError} from '@broadside/runtime'
import type {SitesTable} from './tables.ts'

/**
 * Of revisions that nobody needed any more the versions are gone, so they cannot be shown again.
 * @throws BroadsideError `revision.collected` (invalid).
 */
export function checkWhole({name, collected}: Pick<SitesTable, 'name' | 'collected'>, revision: number): void {
  if (revision >= (collected ?? 0)) return
  throw new BroadsideError('invalid', 'revision.collected', `revision ${revision} of ${name} was collected`, {
    hint: `Revision ${collected} is the oldest that is whole; git has the older ones`,
  })
}
