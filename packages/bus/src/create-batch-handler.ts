import type {JsMsg} from '@nats-io/jetstream'
import {parseEvent, siteOfSubject} from '@broadside/contracts'
import {addDeadLetter, failureOf, type Ledger} from '@broadside/ledger'
import {backoffMs, BroadsideError, kindOf, type Clock, type Logger} from '@broadside/runtime'
import type {HandleEvents, ReceivedEvent} from './bus.ts'
import {settle} from './settle.ts'

export type Message = Pick<JsMsg, 'subject' | 'string' | 'ack' | 'nak' | 'term'> & {
  info: Pick<JsMsg['info'], 'deliveryCount'>
}

export type BatchHandlerOptions = {
  durable: string
  handle: HandleEvents
  maxDeliver: number
  ledger: Ledger
  clock: Clock
  log: Logger
  signal: AbortSignal
}

type Item = {message: Message; event: ReceivedEvent}

/**
 * From this delivery on an event is handled alone, and those that are go in random order: one that ends the process
 * each time uses up deliveries of its neighbours too, and must not stand before the same ones always.
 */
const aloneFrom = 3

/**
 * Gives messages to `handle` and settles each: acknowledged once handled, else by the kind of the error. A dead
 * letter is in the ledger before its message is let go.
 */
export function createBatchHandler(options: BatchHandlerOptions): (messages: Message[]) => Promise<void> {
  const {durable, handle, maxDeliver, ledger, clock, log, signal} = options
  /** By event id: deliveries that ended in `throttled`, which the server counts and we do not. */
  const throttled = new Map<string, number>()

  return async function handleBatch(messages) {
    const together: Item[] = []
    const suspects: Item[] = []
    for (const message of messages) {
      const item = await read(message)
      if (item !== undefined) (message.info.deliveryCount < aloneFrom ? together : suspects).push(item)
    }
    const isDone = together.length > 1 && (await handledTogether(together))
    const alone = [...(isDone ? [] : together), ...shuffle(suspects)]
    for (const item of alone) await handleAlone(item)
  }

  async function read(message: Message): Promise<Item | undefined> {
    try {
      return {message, event: parseEvent(message.string()) as ReceivedEvent}
    } catch (error) {
      await bury(message, message.subject, error, false)
      return undefined
    }
  }

  async function handledTogether(items: Item[]): Promise<boolean> {
    try {
      await handle(
        items.map(({event}) => event),
        {signal},
      )
    } catch (error) {
      const sites = [...new Set(items.map(({event}) => event.data.site))]
      const facts = {event: 'bus.batch.split', consumer: durable, sites, events: items.length, err: error}
      log.info(facts, 'a batch failed; its events are tried one by one')
      return false
    }
    for (const item of items) done(item)
    return true
  }

  async function handleAlone(item: Item): Promise<void> {
    const {message, event} = item
    const tries = message.info.deliveryCount - (throttled.get(event.id) ?? 0)
    if (signal.aborted) return message.nak()
    if (tries > maxDeliver) {
      const text = `${maxDeliver} tries ended without an answer`
      const hint = 'Was the process killed each time while it handled this event?'
      return bury(message, event.name, new BroadsideError('bug', 'bus.exhausted', text, {hint}), false)
    }
    try {
      await handle([event], {signal})
    } catch (error) {
      return failed(item, error, tries)
    }
    done(item)
  }

  function done({message, event}: Item): void {
    throttled.delete(event.id)
    message.ack()
  }

  async function failed({message, event}: Item, error: unknown, tries: number): Promise<void> {
    if (signal.aborted) return message.nak()
    const settlement = settle(error, {tries, maxTries: maxDeliver})
    if (settlement.road === 'bury') {
      throttled.delete(event.id)
      return bury(message, event.name, error, settlement.settled)
    }
    if (kindOf(error) === 'throttled') throttled.set(event.id, (throttled.get(event.id) ?? 0) + 1)
    const facts = {consumer: durable, name: event.name, site: event.data.site, id: event.id, tries, err: error}
    const level = kindOf(error) === 'bug' ? 'error' : 'warn'
    log[level]({event: 'bus.retry', ...facts, delayMs: settlement.delayMs}, `${event.name} failed and comes again`)
    message.nak(settlement.delayMs)
  }

  async function bury(message: Message, name: string, error: unknown, settled: boolean): Promise<void> {
    const site = siteOfSubject(message.subject) ?? null
    const at = clock.now()
    const letter = {site, source: `bus:${durable}`, name, body: message.string(), ...failureOf(error), at}
    const facts = {site, consumer: durable, name}
    try {
      const id = await addDeadLetter(ledger.db, letter)
      log.error({event: 'bus.dead-letter', ...facts, letter: id, err: error}, `gave up on ${name}`)
    } catch (cause) {
      // It cannot be let go before it stands in the ledger.
      log.error({event: 'bus.dead-letter.failed', ...facts, err: cause}, 'the ledger took no dead letter')
      return message.nak(backoffMs(message.info.deliveryCount))
    }
    // Without a reason: NATS before 2.10 ignores a term that has one and delivers again.
    if (settled) message.ack()
    else message.term()
  }
}

function shuffle<Value>(values: Value[]): Value[] {
  const drawn = values.map((value) => ({value, lot: Math.random()}))
  return drawn.toSorted((a, b) => a.lot - b.lot).map(({value}) => value)
}
