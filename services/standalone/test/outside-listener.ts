import {jetstream, jetstreamManager} from '@nats-io/jetstream'
import {connect} from '@nats-io/transport-node'
import type {Envelope} from '@broadside/contracts'

export type HeardEvent = {subject: string; body: string; msgId: string | undefined}

/** Everything on the stream so far, oldest first, read as any program could that knows nothing of Broadside. */
export async function hearAll(natsUrl: string): Promise<HeardEvent[]> {
  const connection = await connect({servers: natsUrl})
  try {
    const {state} = await (await jetstreamManager(connection)).streams.info('BROADSIDE')
    const heard: HeardEvent[] = []
    if (state.messages === 0) return heard
    const consumer = await jetstream(connection).consumers.get('BROADSIDE')
    for await (const message of await consumer.consume()) {
      heard.push({
        subject: message.subject,
        body: message.string(),
        msgId: message.headers?.get('Nats-Msg-Id') || undefined,
      })
      if (message.seq >= state.last_seq) break
    }
    return heard
  } finally {
    await connection.close()
  }
}

/** Puts an event on the stream past every outbox; another `msgID` than the event's own escapes de-duplication. */
export async function publishEvent(natsUrl: string, event: Envelope, {msgID}: {msgID: string}): Promise<void> {
  const connection = await connect({servers: natsUrl})
  await jetstream(connection).publish(event.subject, JSON.stringify(event), {msgID})
  await connection.close()
}
