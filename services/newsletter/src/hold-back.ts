import {hasAskedAbove, moveEdition, peopleOfDigest, type EditionRow} from '@broadside/ledger'
import type {Newsletter} from './newsletter.ts'

/**
 * Holds an edition, or each of a round of digests, that goes to more people than the operator lets go unasked. It is asked about once per site: when
 * somebody has said yes to so many, so many may get the next one too.
 *
 * @returns true when it is held now.
 */
export async function holdBack({deps, options}: Newsletter, edition: EditionRow): Promise<boolean> {
  const {ledger, log} = deps
  const {id, site, approved_at: approved} = edition
  const {askAbove} = options.rulesOf(site)
  // A correction reaches nobody who was not written to before.
  if (approved !== null || askAbove === Infinity || edition.corrects !== null) return false
  // Who gets a digest is known by then, of all that its round has.
  const people = edition.digest === null ? await countActive(ledger.db, site) : await peopleOfDigest(ledger.db, edition)
  if (people <= askAbove || (await hasAskedAbove(ledger.db, site, askAbove))) return false
  const reason = `it would go to ${people} ${people === 1 ? 'person' : 'people'}, the first time to more than ${askAbove}`
  await moveEdition(ledger.db, id, ['freezing'], {state: 'held', reason})
  log.info({event: 'edition.held', site, edition: id, reason}, `"${edition.subject}" waits for a yes: ${reason}`)
  return true
}

async function countActive(db: Newsletter['deps']['ledger']['db'], site: string): Promise<number> {
  const row = await db
    .selectFrom('subscribers')
    .select((count) => count.fn.countAll<number>().as('people'))
    .where('site', '=', site)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  return Number(row.people)
}
