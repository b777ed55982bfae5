import {createHash} from 'node:crypto'
import {checkDomain} from './check-domain.ts'

/**
 * The Message-ID of one delivery, with angle brackets. A repeat for the same edition and subscriber gives the same, so
 * that mail programs show a mail once that a server took twice. Neither id can be read from it.
 */
export function messageIdFor(editionId: string, subscriberId: string, domain: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([editionId, subscriberId]))
    .digest('hex')
  return `<${hash.slice(0, 40)}@${checkDomain(domain, 'domain of the Message-ID')}>`
}
