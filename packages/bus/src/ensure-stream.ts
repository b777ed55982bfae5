import {
  DiscardPolicy,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream'
import {nanos, type NatsConnection} from '@nats-io/transport-node'
import type {Logger} from '@broadside/runtime'
import {isNotFound} from './is-not-found.ts'

export const streamName = 'BROADSIDE'

const day = 24 * 60 * 60 * 1_000

type OurConfig = Pick<
  StreamConfig,
  'name' | 'subjects' | 'retention' | 'discard' | 'storage' | 'max_age' | 'max_bytes' | 'duplicate_window'
>

/** A log for listeners: thirty days, the oldest dropped first. */
export function streamConfig(maxStreamBytes: number): OurConfig {
  return {
    name: streamName,
    subjects: ['broadside.v1.>'],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    storage: StorageType.File,
    max_age: nanos(30 * day),
    max_bytes: maxStreamBytes,
    duplicate_window: nanos(60 * 60 * 1_000),
  }
}

/**
 * Makes the stream, or brings one that is there to what it should be; several processes may do so at once. Servers
 * drop options they do not know without a word, so what comes back is compared and differences are logged.
 */
export async function ensureStream(
  connection: NatsConnection,
  {maxStreamBytes, log}: {maxStreamBytes: number; log: Logger},
): Promise<JetStreamManager> {
  const manager = await jetstreamManager(connection, {checkAPI: false})
  const wanted = streamConfig(maxStreamBytes)
  const found = await manager.streams.info(streamName).then(
    (info) => info.config,
    (error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    },
  )
  if (found !== undefined && differences(wanted, found).length === 0) return manager
  const {config} =
    found === undefined
      ? await manager.streams.add(wanted)
      : await manager.streams.update(streamName, {...found, ...wanted})
  const differing = differences(wanted, config)
  if (differing.length === 0) log.info({event: 'bus.stream.made', stream: streamName}, `made the stream ${streamName}`)
  else log.warn({event: 'bus.stream.differs', differing}, `the server keeps the stream otherwise: ${differing.join()}`)
  return manager
}

/** The options that are not as they should be. */
export function differences(wanted: OurConfig, found: StreamConfig): string[] {
  const keys = Object.keys(wanted) as (keyof OurConfig)[]
  return keys.filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]))
}
