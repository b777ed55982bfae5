import {
  AckPolicy,
  DeliverPolicy,
  type ConsumerConfig,
  type ConsumerUpdateConfig,
  type JetStreamManager,
} from '@nats-io/jetstream'
import {nanos} from '@nats-io/transport-node'
import {streamName} from './ensure-stream.ts'
import {isNotFound} from './is-not-found.ts'

export type ConsumerSettings = {durable: string; filter: string; maxAckPending: number; ackWaitMs: number}

/**
 * Makes the durable consumer, or changes one that is there. A new one begins with the oldest event, so that what was
 * stated while it did not exist is heard; one that cannot be changed in place is made anew and hears all again.
 * The server sets no limit to deliveries: it would drop an event past it, before anybody wrote a dead letter.
 */
export async function ensureConsumer(manager: JetStreamManager, settings: ConsumerSettings): Promise<void> {
  const changeable = {
    filter_subject: settings.filter,
    ack_wait: nanos(settings.ackWaitMs),
    max_ack_pending: settings.maxAckPending,
    max_deliver: -1,
  } satisfies Partial<ConsumerUpdateConfig>
  const found = await findConfig(manager, settings.durable)
  if (found !== undefined && isSame(changeable, found)) return
  if (found !== undefined) {
    const changed = await manager.consumers.update(streamName, settings.durable, changeable).then(
      (info) => isSame(changeable, info.config),
      () => false,
    )
    if (changed) return
    await manager.consumers.delete(streamName, settings.durable)
  }
  await manager.consumers.add(streamName, {
    ...changeable,
    durable_name: settings.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
  })
}

async function findConfig(manager: JetStreamManager, durable: string): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(streamName, durable)).config
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function isSame(wanted: Partial<ConsumerConfig>, found: ConsumerConfig): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key as keyof ConsumerConfig] === value)
}
