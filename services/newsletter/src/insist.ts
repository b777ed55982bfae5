import {setTimeout as delay} from 'node:timers/promises'
import {mayHeal, type Db} from '@broadside/ledger'
import {backoffMs} from '@broadside/runtime'
import type {NewsletterDeps} from './newsletter.ts'

/** An answer that comes after its lease still counts; a ledger that takes nothing for longer needs somebody. */
const patienceMs = 20_000

/**
 * A transaction that writes down what nobody can ask for again, such as what a mail server said of a mail: while the
 * ledger is held by others, or cannot be written for the moment, it is tried again. `work` bears to be repeated, as what
 * it wrote before it failed is undone.
 *
 * @throws what cannot heal at once, and what has not healed after `patienceMs`.
 */
export async function insist<Result>(
  {ledger, log}: Pick<NewsletterDeps, 'ledger' | 'log'>,
  work: (tx: Db) => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + patienceMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ledger.transaction(work)
    } catch (error) {
      if (!mayHeal(error) || performance.now() > deadline) throw error
      log.warn({event: 'answer.waiting', attempt, err: error}, 'the ledger takes no answers now; they are kept in hand')
      await delay(backoffMs(attempt, {baseMs: 25, maxMs: 1_000}))
    }
  }
}
