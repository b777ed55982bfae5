import {setTimeout as delay} from 'node:timers/promises'
import {openLedger} from '@broadside/ledger'
import {sql} from 'kysely'

/** Writes to a ledger every 50 ms until it is told to stop, then tells how long it had to wait at most, ms. */
const ledger = await openLedger(process.argv[2]!)
const over = new Promise<void>((resolve) => process.once('message', () => resolve()))
let isOver = false
void over.then(() => (isOver = true))
process.send?.(0)
let longest = 0
while (!isOver) {
  const asked = performance.now()
  await ledger.transaction((tx) => sql`update facts set value = '' where name = 'nobody'`.execute(tx))
  longest = Math.max(longest, performance.now() - asked)
  await delay(50)
}
await ledger.close()
process.send?.(longest, () => process.exit())
