import {randomUUID} from 'node:crypto'
import {recordByAddress} from '@broadside/ledger'
import {parseAddress} from '@broadside/subscribers'
import {withLedger} from '../starts/start-child.ts'

/** Adds subscribers as an operator vouches for them, straight into the ledger of a home. */
export async function subscribe(home: string, site: string, readers: string[]): Promise<void> {
  await withLedger(home, (ledger) =>
    ledger.transaction(async (db) => {
      for (const reader of readers) {
        const address = parseAddress(reader)
        if (!('address' in address)) throw new Error(`${reader} is no address`)
        const told = {event: 'vouched', cause: 'test', now: Date.now()} as const
        await recordByAddress(db, site, {address, newId: randomUUID(), ...told})
      }
    }),
  )
}
