import type {SubscriberEvent, SubscriberState} from './subscriber-state.ts'

type Row = Partial<Record<SubscriberEvent, SubscriberState>>

// Events that a row does not name leave the state as it is.
const table: Record<SubscriberState | 'unknown', Row> = {
  unknown: {
    'signed-up': 'pending',
    vouched: 'active',
    unsubscribed: 'unsubscribed',
    bounced: 'bounced',
    complained: 'complained',
    'imported:pending': 'pending',
    'imported:active': 'active',
    'imported:unsubscribed': 'unsubscribed',
    'imported:bounced': 'bounced',
    'imported:complained': 'complained',
  },
  pending: {
    confirmed: 'active',
    vouched: 'active',
    unsubscribed: 'unsubscribed',
    bounced: 'bounced',
    complained: 'complained',
    removed: 'erased',
    'imported:active': 'active',
    'imported:unsubscribed': 'unsubscribed',
    'imported:bounced': 'bounced',
    'imported:complained': 'complained',
  },
  active: {
    unsubscribed: 'unsubscribed',
    bounced: 'bounced',
    complained: 'complained',
    removed: 'erased',
    'imported:unsubscribed': 'unsubscribed',
    'imported:bounced': 'bounced',
    'imported:complained': 'complained',
  },
  // Somebody's own no is taken back by the same person alone: neither a file nor the operator's word does it, and an
  // old confirmation link does not either.
  unsubscribed: {
    'signed-up': 'pending',
    returned: 'active',
    complained: 'complained',
    removed: 'erased',
    'imported:complained': 'complained',
  },
  // A bounce says that the mailbox did not work, not that its owner does not want the mail.
  bounced: {
    'signed-up': 'pending',
    vouched: 'active',
    unsubscribed: 'unsubscribed',
    complained: 'complained',
    removed: 'erased',
    'imported:unsubscribed': 'unsubscribed',
    'imported:complained': 'complained',
  },
  complained: {'signed-up': 'pending', removed: 'erased'},
  erased: {'signed-up': 'pending', vouched: 'active'},
}

/**
 * What a subscriber is after `event`; `state` is undefined for an address that the site does not know, and comes back
 * as it was where the event changes nothing. A repeat of an event changes nothing more.
 *
 * An import never makes `unsubscribed`, `bounced`, `complained` or `erased` active again, and never makes `active`
 * pending. Who left returns by a link of their own mails. A sign-up is answered by a confirmation mail, so it may lead from anywhere to `pending`.
 */
export function nextState<State extends SubscriberState | undefined>(
  state: State,
  event: SubscriberEvent,
): SubscriberState | State {
  return table[state ?? 'unknown'][event] ?? state
}
