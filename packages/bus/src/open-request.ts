import type {Consumer, ConsumerMessages} from '@nats-io/jetstream'
import type {Subscription} from '@nats-io/transport-node'

/** A request for events stays open this long on the server, which shows that it is there every `heartbeatMs`. */
const expiresMs = 20_000
const heartbeatMs = 1_000

/** A server that is there answers sooner. */
const withdrawMs = 2_000

export type Request = {
  messages: ConsumerMessages
  /** The server sends nothing more, and `messages` end when the last that it has sent was read. Never rejects. */
  withdraw: () => Promise<void>
  /** `messages` end at once; what was on its way is lost to this process until the acknowledgement wait is over. */
  forget: () => void
}

/** Asks for up to `batch` events. */
export async function openRequest(consumer: Consumer, batch: number): Promise<Request> {
  const messages = await consumer.fetch({max_messages: batch, expires: expiresMs, idle_heartbeat: heartbeatMs})
  const forget = () => void messages.close()
  return {
    messages,
    forget,
    async withdraw() {
      const late = setTimeout(forget, withdrawMs)
      // The library ends the messages of a request whose subscription was drained, and has no call that drains one.
      await (messages as ConsumerMessages & {sub: Subscription}).sub.drain().catch(forget)
      clearTimeout(late)
    },
  }
}
