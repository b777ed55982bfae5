import {BroadsideError, systemClock} from '@broadside/runtime'
import type {NatsConnection} from '@nats-io/transport-node'
import type {Bus, BusOptions} from './bus.ts'
import {createConnection} from './create-connection.ts'
import {createConsumption, type Consumption} from './create-consumption.ts'
import {createRelay} from './create-relay.ts'
import {ensureStream} from './ensure-stream.ts'

/**
 * The bus of one service. `start` resolves at once, also while NATS is away: connecting goes on behind it, without
 * end. `stop` takes no new events, waits for the handlers in hand, and sends their acknowledgements.
 *
 * @throws BroadsideError `bus.url` (invalid).
 */
export function createBus({
  natsUrl,
  service,
  ledger,
  log,
  clock = systemClock,
  maxStreamBytes = 1024 ** 3,
  relayEveryMs = 1_000,
  sweepEveryMs = 5_000,
  drainMs = 15_000,
}: BusOptions): Bus {
  const connection = createConnection({natsUrl, name: `broadside-${service}`, log})
  const {current} = connection
  const prepare = (to: NatsConnection) => ensureStream(to, {maxStreamBytes, log})
  const relay = createRelay({source: service, ledger, current, prepare, everyMs: relayEveryMs, clock, log})
  connection.onUp(relay.nudge)
  const consumptions: Consumption[] = []
  let isStarted = false

  return {
    name: 'bus',
    nudge: relay.nudge,
    consume(options) {
      const deps = {connection, prepare, ledger, clock, log, sweepEveryMs, drainMs}
      const consumption = createConsumption(deps, options)
      consumptions.push(consumption)
      if (isStarted) consumption.start()
    },
    async start() {
      isStarted = true
      connection.start()
      relay.start()
      for (const consumption of consumptions) consumption.start()
    },
    async stop() {
      isStarted = false
      await Promise.all(consumptions.map((consumption) => consumption.stop()))
      await relay.stop()
      await connection.stop()
    },
    async check() {
      const server = current()
      if (server === undefined || !(await answers(server))) {
        throw new BroadsideError('transient', 'bus.unavailable', 'NATS does not answer', {
          hint: 'Is it running where NATS_URL says? Nothing is lost meanwhile: events wait in the ledger',
        })
      }
      return `nats ${server.info?.version ?? ''}`.trim()
    },
  }
}

async function answers(server: NatsConnection): Promise<boolean> {
  const deadline = Promise.withResolvers<boolean>()
  const timer = setTimeout(deadline.resolve, 2_000, false)
  const asked = server.rtt().then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([asked, deadline.promise])
  clearTimeout(timer)
  return answered
}
