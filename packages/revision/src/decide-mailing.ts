import type {Instant, PostMeta, SiteSettings} from '@broadside/content'

/** Whether a post that became live is mailed: not at all, only after somebody said yes, or at once. */
export type Mailing = {mail: 'none' | 'held' | 'at-once'; why: string}

export type MailingFacts = {
  newsletter: SiteSettings['newsletter']
  /** `scheduled`: an earlier push announced it for its date, and the clock brought it. */
  post: {newsletter: PostMeta['newsletter']; date: Instant; scheduled: boolean}
  /** Became live in the revision that brought the site in. */
  firstImport: boolean
  /** Posts with mail on that became live together with it (`togetherKey`), this one included. */
  together: number
  now: Instant
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const defaultGraceHours = 24

/**
 * A mail cannot be taken back, so only the plain case goes by itself: one new post in its push, dated within
 * `newsletter.autoSendDays`, or scheduled alone for a moment that is no longer past than `newsletter.graceHours`.
 * Asking is a state of the edition (`held`); a first import announces nothing.
 */
export function decideMailing({newsletter, post, firstImport, together, now}: MailingFacts): Mailing {
  if (post.newsletter.send === false) return {mail: 'none', why: 'newsletter: false in its front matter'}
  if (!newsletter.enabled && post.newsletter.send !== true) return {mail: 'none', why: 'the site has no newsletter'}
  if (firstImport) return {mail: 'none', why: 'it came with the first import'}
  if (post.scheduled) {
    if (together > 1) return {mail: 'held', why: `${together} posts were scheduled for one moment`}
    const lateMs = now - post.date
    if (lateMs <= (newsletter.graceHours ?? defaultGraceHours) * hourMs)
      return {mail: 'at-once', why: 'its moment came'}
    return {mail: 'held', why: `its moment was ${Math.floor(lateMs / hourMs)} hours ago`}
  }
  if (together > 1) return {mail: 'held', why: `${together} posts became live in one push`}
  const days = Math.floor((now - post.date) / dayMs)
  if (days > newsletter.autoSendDays) return {mail: 'held', why: `it is dated ${days} days back`}
  return {mail: 'at-once', why: 'one new post'}
}

/** Posts count as one batch when they came in one push, or were scheduled for one moment. */
export function togetherKey({
  revision,
  date,
  scheduled,
}: {
  revision: number
  date: Instant
  scheduled: boolean
}): string {
  return scheduled ? `at ${date}` : `in ${revision}`
}
