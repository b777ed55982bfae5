import {setTimeout as pause} from 'node:timers/promises'
import {openRequest, requestOutcome, type Ledger, type RequestProgress} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Cli} from './cli.ts'

export type Asked = {
  /** Hears how far it is, where the service says so; it is waited for as long as it moves. */
  onProgress?: (progress: RequestProgress) => void
  service: 'intake' | 'publisher' | 'newsletter' | 'audience'
  kind: string
  payload: Record<string, unknown>
}

const lookEveryMs = 50

/**
 * Asks a service to do something, through the ledger, and waits for its answer. The asking is kept: when nobody
 * answers in time, the service does it once it runs.
 *
 * @throws BroadsideError what the service answered; `cli.no-answer` (transient) when it did not.
 */
export async function askService(
  cli: Cli,
  ledger: Ledger,
  {service, kind, payload, onProgress = () => {}}: Asked,
): Promise<unknown> {
  const {clock, patienceMs} = cli
  const id = await openRequest(ledger.db, {service, kind, payload, now: clock.now()})
  let deadline = performance.now() + patienceMs
  let last = 0
  for (;;) {
    const outcome = await requestOutcome(ledger.db, id)
    if (outcome.state === 'done') return outcome.result
    if (outcome.state === 'failed') throw new BroadsideError(outcome.kind, outcome.code, outcome.message)
    const {progress} = outcome
    if (progress !== undefined && progress.done !== last) {
      last = progress.done
      deadline = performance.now() + patienceMs
      onProgress(progress)
    }
    if (performance.now() > deadline) throw noAnswer(service, id, patienceMs)
    await pause(lookEveryMs)
  }
}

function noAnswer(service: string, id: number, patienceMs: number): BroadsideError {
  const seconds = Math.round(patienceMs / 1_000)
  return new BroadsideError('transient', 'cli.no-answer', `${service} has not answered within ${seconds} s`, {
    hint: `Request ${id} is kept, and carried out when ${service} runs: npm start starts all services`,
  })
}
