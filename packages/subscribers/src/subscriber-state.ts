/**
 * What a subscriber is to a site. `erased` keeps only the fact that somebody left and asked to be forgotten.
 * Mail of editions goes to `active` alone.
 */
export type SubscriberState = 'pending' | 'active' | 'unsubscribed' | 'bounced' | 'complained' | 'erased'

/** The states that a file from elsewhere may claim for a person. */
export type ImportedState = Exclude<SubscriberState, 'erased'>

/** Why a subscriber's state changed: the cause that stands in the audience journal. */
export type SubscriberEvent =
  | 'signed-up'
  | 'confirmed'
  | 'vouched'
  | 'unsubscribed'
  | 'returned'
  | 'bounced'
  | 'complained'
  | 'removed'
  | `imported:${ImportedState}`
