import {moveEdition, type EditionRow} from '@broadside/ledger'
import type {MailFinding} from '@broadside/mail'
import type {Newsletter} from './newsletter.ts'

/**
 * Holds an edition whose mail has something that keeps it back, with what that is, unless somebody has said that it may
 * go as it is.
 *
 * @returns true when it is held now.
 */
export async function holdForFindings(
  {deps}: Newsletter,
  {id, site, approved_at: approved}: EditionRow,
  {subject, findings}: {subject: string; findings: MailFinding[]},
): Promise<boolean> {
  const gates = findings.filter(({gate}) => gate).map(({message}) => message)
  if (gates.length === 0 || approved !== null) return false
  const reason = gates.join('; ')
  await moveEdition(deps.ledger.db, id, ['freezing'], {state: 'held', reason})
  deps.log.warn({event: 'edition.held', site, edition: id, reason}, `"${subject}" waits for a yes: ${reason}`)
  return true
}
