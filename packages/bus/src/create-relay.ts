import {jetstream} from '@nats-io/jetstream'
import type {NatsConnection} from '@nats-io/transport-node'
import {markPublished, waitingEvents, type Ledger} from '@broadside/ledger'
import {BroadsideError, createLoop, type Clock, type Logger, type Loop} from '@broadside/runtime'

export type RelayOptions = {
  /** Whose outbox rows. */
  source: string
  ledger: Ledger
  current: () => NatsConnection | undefined
  /** Resolves when the stream is there. */
  prepare: (connection: NatsConnection) => Promise<unknown>
  everyMs: number
  clock: Clock
  log: Logger
}

/** Events on their way at once. */
const chunk = 500

/**
 * Publishes what waits in the outbox, oldest first, and closes a row when JetStream has acknowledged it. A kill
 * between the two publishes the row again, and so does a second relay at its side: the message id, which comes from
 * the content, lets the stream drop the repeat within its window, and whoever listens must bear one after that. When
 * one event of a chunk fails, later ones may stand before it in the stream.
 */
export function createRelay({source, ledger, current, prepare, everyMs, clock, log}: RelayOptions): Loop {
  let prepared: NatsConnection | undefined

  async function look(): Promise<boolean> {
    const connection = current()
    if (connection === undefined) return false
    const waiting = await waitingEvents(ledger.db, source, chunk)
    if (waiting.length === 0) return false
    if (prepared !== connection) await prepare(connection)
    prepared = connection
    const js = jetstream(connection)
    const answers = await Promise.allSettled(
      waiting.map(({eventId, subject, body}) => js.publish(subject, body, {msgID: eventId, timeout: 5_000})),
    )
    const acknowledged = waiting.filter((_, index) => answers[index]?.status === 'fulfilled')
    await markPublished(
      ledger.db,
      acknowledged.map(({id}) => id),
      clock.now(),
    )
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed === undefined) return waiting.length === chunk
    // The stream may be gone: it is looked for, and made, before the next try.
    prepared = undefined
    throw new BroadsideError('transient', 'bus.publish', 'JetStream did not take an event', {
      cause: failed.reason,
      details: {waiting: waiting.length, taken: acknowledged.length},
    })
  }

  return createLoop({name: 'bus.relay', everyMs, look, log})
}
