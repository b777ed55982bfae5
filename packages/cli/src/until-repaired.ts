import {setTimeout as pause} from 'node:timers/promises'
import {addressesInDoubt, releaseUnderWay, type Ledger} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Cli} from './cli.ts'

const lookEveryMs = 50

/**
 * Waits for the release that puts right what was marked in doubt, to its end.
 * @throws BroadsideError `verify.repair` (transient) when the patience of the command line is over.
 */
export async function untilRepaired(cli: Pick<Cli, 'patienceMs'>, {db}: Ledger, site: string): Promise<void> {
  const deadline = performance.now() + cli.patienceMs
  for (;;) {
    // In this order: nothing is in doubt before the release that put it right is over.
    const isPut = (await addressesInDoubt(db, site)).length === 0
    if (isPut && (await releaseUnderWay(db, site)) === undefined) return
    if (performance.now() > deadline) {
      throw new BroadsideError('transient', 'verify.repair', `${site} is not repaired yet`, {
        hint: 'broadside releases shows what its release waits for',
      })
    }
    await pause(lookEveryMs)
  }
}
