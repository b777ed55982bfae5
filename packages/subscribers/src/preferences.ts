/** How often somebody wants mail: each post by itself, or what came since in one. */
export type Cadence = 'each' | 'daily' | 'weekly'

export const cadences: readonly Cadence[] = ['each', 'daily', 'weekly']

export type Preferences = {
  cadence: Cadence
  /** IANA name of the zone that a digest's morning is in; absent for the site's. */
  timezone?: string
  /** `tag:key` and `author:key`; absent for all. */
  topics?: readonly string[]
}

/** Whether somebody who chose `topics` wants a post of `ofPost`: one in common is enough, and no choice means all. */
export function wantsTopics(topics: readonly string[] | undefined, ofPost: readonly string[]): boolean {
  return topics === undefined || ofPost.some((topic) => topics.includes(topic))
}

/** Whether this is a time zone that moments can be told in. */
export function isTimezone(name: string): boolean {
  try {
    const known = Intl.DateTimeFormat('en', {timeZone: name}).resolvedOptions().timeZone
    return known !== '' && /^[A-Za-z][\w+/-]{1,63}$/.test(name)
  } catch {
    return false
  }
}
