import type {Instant, PostMeta, SiteSettings} from '@broadside/content'

/** Whether a post that became live is mailed: not at all, only after somebody said yes, or at once. */
export type Mailing = {mail: 'none' | 'held' | 'at-once'; why: string}

export type MailingFacts = {
  newsletter: SiteSettings['newsletter']
  post: {newsletter: PostMeta['newsletter']; date: Instant}
  /** Became live in the revision that brought the site in. */
  firstImport: boolean
  /** Posts with mail on that became live in the same revision, this one included. */
  newInRevision: number
  now: Instant
}

const dayMs = 86_400_000

/**
 * A mail cannot be taken back, so only the plain case goes by itself: one new post in its push, dated within
 * `newsletter.autoSendDays`. Asking is a state of the edition (`held`); a first import announces nothing.
 */
export function decideMailing({newsletter, post, firstImport, newInRevision, now}: MailingFacts): Mailing {
  if (post.newsletter.send === false) return {mail: 'none', why: 'newsletter: false in its front matter'}
  if (!newsletter.enabled && post.newsletter.send !== true) return {mail: 'none', why: 'the site has no newsletter'}
  if (firstImport) return {mail: 'none', why: 'it came with the first import'}
  if (newInRevision > 1) return {mail: 'held', why: `${newInRevision} posts became live in one push`}
  const days = Math.floor((now - post.date) / dayMs)
  if (days > newsletter.autoSendDays) return {mail: 'held', why: `it is dated ${days} days back`}
  return {mail: 'at-once', why: 'one new post'}
}
