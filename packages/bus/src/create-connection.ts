import {connect, type NatsConnection} from '@nats-io/transport-node'
import {BroadsideError, createLoop, type Logger} from '@broadside/runtime'
import {parseNatsUrl} from './parse-nats-url.ts'

export type Connection = {
  /** The connection while NATS answers, and undefined while it does not. */
  current: () => NatsConnection | undefined
  /** Calls `listener` each time that NATS answers (again). What the server kept may be gone by then. */
  onUp: (listener: () => void) => void
  start: () => void
  /** Sends what is on its way and closes. */
  stop: () => Promise<void>
}

/** Half a minute of silence is too long to notice that the other end is gone without a word. */
const pings = {pingInterval: 5_000, maxPingOut: 2}

/** A connection that is never given up: not at the start, not after a long absence, not after a refused password. */
export function createConnection({natsUrl, name, log}: {natsUrl: string; name: string; log: Logger}): Connection {
  const address = parseNatsUrl(natsUrl)
  const listeners: (() => void)[] = []
  let connection: NatsConnection | undefined
  let isUp = false
  let isStopped = false

  /** One connection, from its first answer to its end. The library reconnects within it. */
  async function live(): Promise<void> {
    const opened = await open()
    if (isStopped) return opened.close()
    connection = opened
    up()
    void watch(opened)
    const error = await opened.closed()
    connection = undefined
    isUp = false
    if (!isStopped) throw unavailable(error ?? undefined)
  }

  async function open(): Promise<NatsConnection> {
    try {
      return await connect({
        ...address,
        ...pings,
        name,
        timeout: 2_000,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
      })
    } catch (cause) {
      throw unavailable(cause)
    }
  }

  async function watch(opened: NatsConnection): Promise<void> {
    for await (const status of opened.status()) {
      if (status.type === 'disconnect') {
        isUp = false
        if (!isStopped) log.warn({event: 'bus.disconnected'}, 'NATS is away; events wait in the ledger')
      } else if (status.type === 'reconnect') {
        up()
      }
    }
  }

  function up(): void {
    isUp = true
    log.info({event: 'bus.connected', server: connection?.info?.version}, 'NATS answers')
    for (const listener of listeners) listener()
  }

  const loop = createLoop({name: 'bus.connect', everyMs: 250, look: live, log})
  return {
    current: () => (isUp ? connection : undefined),
    onUp: (listener) => listeners.push(listener),
    start: () => loop.start(),
    async stop() {
      isStopped = true
      if (isUp && connection !== undefined) await drained(connection)
      await connection?.close()
      await loop.stop()
    },
  }
}

/** What was written is sent; a server that does not answer meanwhile is not waited for. */
async function drained(connection: NatsConnection): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, 2_000)
  await Promise.race([connection.drain().catch(() => undefined), deadline.promise])
  clearTimeout(timer)
}

function unavailable(cause: unknown): BroadsideError {
  return new BroadsideError('transient', 'bus.unavailable', 'NATS does not answer', {
    cause,
    hint: 'Is it running where NATS_URL says? Nothing is lost meanwhile: events wait in the ledger',
  })
}
