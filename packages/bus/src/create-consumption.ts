import {setImmediate as nextTurn} from 'node:timers/promises'
import {jetstream, type JsMsg} from '@nats-io/jetstream'
import type {JetStreamManager} from '@nats-io/jetstream'
import type {NatsConnection} from '@nats-io/transport-node'
import {parseEvent} from '@broadside/contracts'
import {replayDeadLetters, type Ledger} from '@broadside/ledger'
import {BroadsideError, createLoop, type Clock, type Logger} from '@broadside/runtime'
import type {ConsumeOptions, ReceivedEvent} from './bus.ts'
import type {Connection} from './create-connection.ts'
import {createBatchHandler} from './create-batch-handler.ts'
import {ensureConsumer} from './ensure-consumer.ts'
import {streamName} from './ensure-stream.ts'
import {isNotFound} from './is-not-found.ts'
import {openRequest, type Request} from './open-request.ts'

export type ConsumptionDeps = {
  connection: Connection
  /** Resolves when the stream is there. */
  prepare: (connection: NatsConnection) => Promise<JetStreamManager>
  ledger: Ledger
  clock: Clock
  log: Logger
  sweepEveryMs: number
  drainMs: number
}

export type Consumption = {start: () => void; stop: () => Promise<void>}

/**
 * One durable consumer. Three loops: the first pulls events into a small buffer and makes stream and consumer (again)
 * when they are not there, the second hands over what lies in the buffer, the third replays dead letters.
 */
export function createConsumption(
  {connection, prepare, ledger, clock, log, sweepEveryMs, drainMs}: ConsumptionDeps,
  {durable, filter, handle, batch = 64, maxAckPending = 1_000, ackWaitMs = 8_000, maxDeliver = 20}: ConsumeOptions,
): Consumption {
  const drain = new AbortController()
  const {signal} = drain
  const handleBatch = createBatchHandler({durable, handle, maxDeliver, ledger, clock, log, signal})
  const buffer: JsMsg[] = []
  let inHand: JsMsg[] = []
  let request: Request | undefined
  let isStopped = true
  let roomMade: (() => void) | undefined
  let lastTurn: Promise<unknown> = Promise.resolve()
  let heartbeat: NodeJS.Timeout | undefined

  async function pull(): Promise<void> {
    const current = connection.current()
    if (current === undefined) return
    const manager = await prepare(current)
    await ensureConsumer(manager, {durable, filter, maxAckPending, ackWaitMs})
    const consumer = await jetstream(current).consumers.get(streamName, durable)
    try {
      while (!isStopped && connection.current() === current) {
        request = await openRequest(consumer, batch)
        if (isStopped) void request.withdraw()
        for await (const message of request.messages) {
          buffer.push(message)
          if (isStopped) giveBack()
          else deliver.nudge()
        }
        if (buffer.length >= batch && !isStopped) await new Promise<void>((resolve) => (roomMade = resolve))
      }
    } catch (cause) {
      const text = isNotFound(cause) ? 'the stream or the consumer is gone' : 'the server ended the flow of events'
      throw new BroadsideError('transient', 'bus.consumer.lost', text, {cause, details: {consumer: durable}})
    }
  }

  async function deliverBuffered(): Promise<boolean> {
    // What came with the same read of the socket goes into the same batch.
    await nextTurn()
    if (buffer.length === 0) return false
    await inTurn(async () => {
      inHand = buffer.splice(0, batch)
      roomMade?.()
      await handleBatch(inHand)
      inHand = []
    })
    return buffer.length > 0
  }

  async function replay(): Promise<boolean> {
    const letters = {source: `bus:${durable}`, limit: 50, now: clock.now, signal}
    const replayed = await replayDeadLetters(ledger.db, letters, ({body}) =>
      inTurn(() => handle([parseEvent(body) as ReceivedEvent], {signal})),
    )
    return replayed > 0 && !signal.aborted
  }

  /** The handler is never called twice at once. */
  async function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = lastTurn.then(work)
    lastTurn = turn.catch(() => undefined)
    await turn
  }

  /** A living process keeps what it has, also what waits in its buffer. */
  function signOfLife(): void {
    if (connection.current() !== undefined) for (const message of [...inHand, ...buffer]) message.working()
  }

  function giveBack(): void {
    for (const message of buffer.splice(0)) message.nak()
  }

  const puller = createLoop({name: 'bus.pull', everyMs: 250, look: pull, log})
  const deliver = createLoop({name: 'bus.deliver', everyMs: 60_000, look: deliverBuffered, log})
  const replayer = createLoop({name: 'bus.replay', everyMs: sweepEveryMs, look: replay, log})
  connection.onUp(() => {
    // Requests that were open belong to the server as it was.
    request?.forget()
    puller.nudge()
  })

  return {
    start() {
      isStopped = false
      heartbeat = setInterval(signOfLife, ackWaitMs / 3)
      for (const loop of [puller, deliver, replayer]) loop.start()
    },
    async stop() {
      isStopped = true
      if (connection.current() === undefined) request?.forget()
      else void request?.withdraw()
      giveBack()
      roomMade?.()
      const late = setTimeout(() => drain.abort(), drainMs)
      await Promise.all([puller, deliver, replayer].map((loop) => loop.stop()))
      clearTimeout(late)
      clearInterval(heartbeat)
    },
  }
}
