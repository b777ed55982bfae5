import {AckPolicy, jetstreamManager, type ConsumerConfig, type JetStreamManager} from '@nats-io/jetstream'
import {connect} from '@nats-io/transport-node'
import {BroadsideError} from '@broadside/runtime'
import {differences, streamConfig, streamName} from './ensure-stream.ts'
import {isNotFound} from './is-not-found.ts'
import {parseNatsUrl} from './parse-nats-url.ts'

export type BusReport = {
  /** Of the server. */
  version: string
  hasJetStream: boolean
  /** Undefined where it is not there. */
  stream: {differing: string[]; messages: number} | undefined
  /** By durable name; those that are not there are left out. */
  consumers: Map<string, {differing: string[]; waiting: number}>
}

const patienceMs = 2_000

/**
 * Looks at what services keep in NATS, and changes nothing: the stream, and the durable consumers that `expected` names
 * with their filters. How large the stream may become is whoever runs it to say, and is not compared.
 *
 * @throws BroadsideError `bus.url` (invalid), `bus.unavailable` (transient).
 */
export async function inspectBus(natsUrl: string, expected: ReadonlyMap<string, string>): Promise<BusReport> {
  const address = parseNatsUrl(natsUrl)
  const options = {...address, name: 'broadside-doctor', timeout: patienceMs, reconnect: false}
  const connection = await connect(options).catch((cause: unknown) => {
    throw new BroadsideError('transient', 'bus.unavailable', 'NATS does not answer', {
      cause,
      hint: 'Is it running where NATS_URL says? Nothing is lost meanwhile: events wait in the ledger',
    })
  })
  const report: BusReport = {
    version: connection.info?.version ?? '',
    hasJetStream: connection.info?.jetstream === true,
    stream: undefined,
    consumers: new Map(),
  }
  try {
    if (!report.hasJetStream) return report
    const manager = await jetstreamManager(connection, {checkAPI: false, timeout: patienceMs})
    report.stream = await streamIn(manager)
    if (report.stream === undefined) return report
    for (const [durable, filter] of expected) {
      const found = await consumerIn(manager, durable, filter)
      if (found !== undefined) report.consumers.set(durable, found)
    }
    return report
  } finally {
    await connection.close()
  }
}

async function streamIn(manager: JetStreamManager): Promise<BusReport['stream']> {
  const info = await unlessAbsent(manager.streams.info(streamName))
  if (info === undefined) return undefined
  const wanted = streamConfig(info.config.max_bytes)
  return {differing: differences(wanted, info.config), messages: info.state.messages}
}

async function consumerIn(manager: JetStreamManager, durable: string, filter: string) {
  const info = await unlessAbsent(manager.consumers.info(streamName, durable))
  if (info === undefined) return undefined
  const wanted: Partial<ConsumerConfig> = {filter_subject: filter, ack_policy: AckPolicy.Explicit, max_deliver: -1}
  const keys = Object.keys(wanted) as (keyof ConsumerConfig)[]
  return {
    differing: keys.filter((key) => wanted[key] !== info.config[key]),
    waiting: info.num_pending + info.num_ack_pending,
  }
}

async function unlessAbsent<Info>(asked: Promise<Info>): Promise<Info | undefined> {
  return asked.catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
}
