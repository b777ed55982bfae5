import {moveEdition, type EditionRow, type ReleasesTable} from '@broadside/ledger'
import {leadsToPages} from './edition-answer.ts'
import type {Newsletter} from './newsletter.ts'

/**
 * Pauses editions under way of what has left the site. What was not sent yet waits for somebody to decide, since the
 * mail would lead to a page that is not there. A repeat finds them paused.
 */
export async function pauseForLeft({ledger, log}: Newsletter['deps'], live: ReleasesTable): Promise<void> {
  const {db} = ledger
  const {site} = live
  const underWay = await db
    .selectFrom('editions')
    .selectAll()
    .where('site', '=', site)
    .where('state', 'in', ['freezing', 'sending'])
    .execute()
  for (const edition of underWay as EditionRow[]) {
    const {id, digest, message_hash: message} = edition
    // A digest that is not composed yet will not have what has left.
    if (digest !== null && message === null) continue
    if (await leadsToPages(db, edition, live)) continue
    const reason = digest === null ? 'its post left the site' : 'a post of it left the site'
    if (!(await moveEdition(db, id, ['freezing', 'sending'], {state: 'paused', reason}))) continue
    log.warn({event: 'edition.paused', site, edition: id, reason}, `an edition of ${site} is paused: ${reason}`)
  }
}
