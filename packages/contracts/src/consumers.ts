/** Who listens to which events: the durable consumers of the stream, each with the service that makes it. */
export const consumers = {
  'renderer-posts': {service: 'renderer', filter: 'broadside.v1.*.post.*'},
  'renderer-revisions': {service: 'renderer', filter: 'broadside.v1.*.revision.accepted'},
  'publisher-revisions': {service: 'publisher', filter: 'broadside.v1.*.revision.rendered'},
  'newsletter-releases': {service: 'newsletter', filter: 'broadside.v1.*.release.live'},
  'notifier-revisions': {service: 'notifier', filter: 'broadside.v1.*.revision.accepted'},
  'notifier-releases': {service: 'notifier', filter: 'broadside.v1.*.release.live'},
} as const

export type ConsumerName = keyof typeof consumers

/** What a consumer is called and what it hears, for `Bus.consume`. */
export function consumerOf(durable: ConsumerName): {durable: ConsumerName; filter: string} {
  return {durable, filter: consumers[durable].filter}
}
