import type {Diagnostic} from '@broadside/content'
import type {MailFinding} from '@broadside/mail'
import type {Mailing} from '@broadside/revision'
import type {DiffLine} from './line-diff.ts'

/** A post or page that publishing would add, change, move or take away. */
export type PlannedText = {
  kind: 'post' | 'page'
  change: 'added' | 'changed' | 'moved' | 'removed'
  path: string
  title: string
  address: string
  /** Where it was, when it moves. */
  was?: string
  /** What changes in its file, near the changes. */
  diff: DiffLine[]
}

export type PlannedMail = {
  path: string
  title: string
  subject: string
  /** Of its HTML. */
  bytes: number
  /** `held` as well where something is found that keeps a mail back; `why` names it then. */
  decision: Mailing['mail']
  why: string
  /** What its author should know of it, as newsletter will find it. */
  findings: MailFinding[]
  /** The moment it is scheduled for, ms; undefined where it goes once the page is live. */
  at?: number
}

/** Who would get a mail now, and how many others there are by what keeps them out. */
export type PlannedAudience = {people: number; excluded: Record<string, number>}

/** What publishing a commit would do. */
export type Plan = {
  site: string
  commit: string
  /** `revision 12 of field-notes`, `commit 4f2a9c10`, or `an empty site`. */
  against: string
  /** Why the push would wait, if it would: it takes many posts off the site, or the site is kept as it was. */
  held?: string
  texts: PlannedText[]
  redirects: {added: {from: string; to: string}[]; removed: {from: string; to: string}[]}
  /** Items of the site's main feed. */
  feed: Record<'added' | 'updated' | 'removed', {title: string; url: string}[]>
  mail: PlannedMail[]
  /** Undefined where no installed site was asked. */
  audience: PlannedAudience | undefined
  scheduled: {path: string; title: string; at: number; isNew: boolean}[]
  drafts: {path: string; title: string}[]
  /** Files of the live site. */
  files: Record<'added' | 'changed' | 'removed', number>
  problems: Diagnostic[]
}
