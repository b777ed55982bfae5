import type {Envelope, EventType} from '@broadside/contracts'
import type {Ledger} from '@broadside/ledger'
import type {Clock, Logger, Service} from '@broadside/runtime'

/** An event as it reaches a handler: parsed, with its `name` to tell the kinds apart. */
export type ReceivedEvent = {[Type in EventType]: Envelope<Type> & {name: Type}}[EventType]

/**
 * Does what the events ask for, and resolves once that is durable: only then are they acknowledged. It may be given
 * the same event again, and events in another order than they happened. How it fails chooses what happens next, see
 * `ConsumeOptions`. `signal` is aborted when a stop has waited long enough.
 */
export type HandleEvents = (events: ReceivedEvent[], context: {signal: AbortSignal}) => Promise<void>

export type ConsumeOptions = {
  /** Name of the durable consumer; all processes that give the same name share its events. */
  durable: string
  /** One subject, wildcards allowed: `subjectOf('*', 'revision.rendered')`, `broadside.v1.*.post.*`. */
  filter: string
  /**
   * One call at a time in this process. It is given what is there, 1 to `batch` events, without waiting for more. A
   * batch that fails is tried again event by event, and for a single event the kind of the error decides: `invalid`
   * becomes a dead letter; `transient` and `bug` come again with backoff until `maxDeliver`, then a dead letter;
   * `throttled` comes again after `retryAfterMs`; `uncertain` becomes a dead letter and never comes again by itself.
   */
  handle: HandleEvents
  /** 64 */
  batch?: number
  /** Events handed out to all processes and not settled yet; 1,000. */
  maxAckPending?: number
  /** How long after a process died others get its events; a living one may take as long as it needs. 8,000. */
  ackWaitMs?: number
  /** Tries of one event, those included in which a process died; 20. */
  maxDeliver?: number
}

/**
 * Events between services. What a service states stands in the ledger's outbox first and is relayed from there;
 * what it hears is acknowledged after its handler. So NATS may be away, restarted or wiped at any time.
 */
export type Bus = Service & {
  /** Relays waiting events now, instead of within a second; to be called after a transaction that stated some. */
  nudge: () => void
  /**
   * Hands events to `handle` from `start()` until `stop()`. Dead letters of this consumer (source `bus:<durable>`)
   * that were asked for are handed to it as well.
   */
  consume: (options: ConsumeOptions) => void
  /** For `/readyz`: rejects when NATS does not answer. */
  check: () => Promise<string>
}

export type BusOptions = {
  natsUrl: string
  /** The service whose outbox rows are relayed; also the name of the connection. */
  service: string
  ledger: Ledger
  log: Logger
  clock?: Clock
  /** Size at which the stream drops its oldest events; 1 GiB. */
  maxStreamBytes?: number
  /** How often the outbox is looked at without being nudged; 1,000. */
  relayEveryMs?: number
  /** How often dead letters that are asked for are looked at; 5,000. */
  sweepEveryMs?: number
  /** How long `stop` waits for handlers in hand before it aborts their signal; 15,000. */
  drainMs?: number
}
