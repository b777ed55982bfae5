import {mayHeal, moveEdition, type EditionRow} from '@broadside/ledger'
import {explain} from '@broadside/runtime'
import type {Newsletter} from './newsletter.ts'

/** Holds an edition whose message cannot be composed, and says why. Throws the error on where another try may succeed. */
export async function holdUncomposed({deps}: Newsletter, {id, site}: EditionRow, error: unknown): Promise<void> {
  if (mayHeal(error)) throw error
  const reason = explain(error)
  await moveEdition(deps.ledger.db, id, ['freezing'], {state: 'held', reason})
  deps.log.error({event: 'edition.held', site, edition: id, reason, err: error}, `a mail cannot be composed: ${reason}`)
}
