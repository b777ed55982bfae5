import {formatPlace} from '@broadside/content'
import type {Db, PostVersionsTable} from '@broadside/ledger'
import type {Mailing} from './decide-mailing.ts'
import {decideMailings} from './decide-mailings.ts'
import type {PostChange} from './write-posts.ts'
import type {Draft} from './write-revision.ts'

/** What an author is told of a push, in the terminal, in `status` and in the console. */
export type RevisionSummary = {
  counts: {published: number; updated: number; removed: number; broken: number}
  drafts: number
  scheduled: {path: string; at: number}[]
  /** Of the first errors, at most ten: `posts/x.md:3:7` and what is wrong there. */
  problems: {place: string; message: string; cure?: string}[]
  /** Why it is released only once somebody says yes; absent where it goes by itself. */
  held?: string
  mail: {decision: Mailing['mail']; why: string; people: number; posts: number} | undefined
}

export async function summarise(
  db: Db,
  {site, number, changes, draft, now}: {site: string; number: number; changes: PostChange[]; draft: Draft; now: number},
): Promise<RevisionSummary> {
  const isLive = (version: Pick<PostVersionsTable, 'status'> | undefined) => version?.status === 'live'
  const published = changes.filter(({before, after}) => !isLive(before) && isLive(after))
  return {
    counts: {
      published: published.length,
      updated: changes.filter(({before, after}) => isLive(before) && isLive(after)).length,
      removed: changes.filter(({before, after}) => isLive(before) && !isLive(after)).length,
      broken: draft.broken.length + draft.pages.broken.length,
    },
    drafts: changes.filter(({after}) => after?.status === 'draft').length,
    scheduled: changes.flatMap(({after}) =>
      after?.status === 'scheduled' ? [{path: after.path, at: after.date}] : [],
    ),
    problems: draft.diagnostics
      .filter(({severity}) => severity === 'error')
      .slice(0, 10)
      .map((found) => ({
        place: formatPlace(found),
        message: found.message,
        ...(found.cure === undefined ? {} : {cure: found.cure}),
      })),
    mail: await expectedMail(db, site, number, published, draft, now),
  }
}

/** What newsletter will decide once the release is live, from the same rule. */
async function expectedMail(
  db: Db,
  site: string,
  number: number,
  published: PostChange[],
  draft: Draft,
  now: number,
): Promise<RevisionSummary['mail']> {
  // A first import announces nothing, and has the most posts to ask.
  if (draft.last === undefined) return undefined
  const isNew = ({id}: PostChange) => (draft.memory.byId(id)?.firstLiveRevision ?? number) === number
  const facts = published.filter(isNew).map(({id, before, after}) => ({
    key: id,
    newsletter: draft.files.settings.newsletter,
    post: {
      newsletter: (JSON.parse(after!.said) as {newsletter: {send?: boolean}}).newsletter,
      date: after!.date,
      scheduled: before?.status === 'scheduled' && before.date === after!.date,
    },
    firstImport: false,
    now,
  }))
  const decisions = decideMailings(number, facts)
  // What waits for a yes is what the author has to know of.
  const decision = decisions.find(({mail}) => mail === 'held') ?? decisions[0]
  if (decision === undefined) return undefined
  const people = await db
    .selectFrom('subscribers')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('site', '=', site)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return {decision: decision.mail, why: decision.why, people: Number(people?.count ?? 0), posts: decisions.length}
}
