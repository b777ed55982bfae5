import {listSites, openRequest, type Ledger} from '@broadside/ledger'

/** Who gets the example's mail: an address nobody has, so that a newcomer sees a mail without signing anybody up. */
const firstReader = 'reader@field-notes.example'

/** Asks audience to add the example's reader when the installation is new. A repeat asks for nothing. */
export async function addFirstReader(ledger: Ledger, site: string, now: number): Promise<void> {
  const row = (await listSites(ledger.db)).find(({name}) => name === site)
  if (row === undefined || row.first_revision !== null) return
  await openRequest(ledger.db, {
    service: 'audience',
    kind: 'subscribers.add',
    payload: {site, address: firstReader},
    now,
  })
}
