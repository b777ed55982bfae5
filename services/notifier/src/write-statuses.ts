import {statusTarget, type CommitStatus, type StatusForge} from '@broadside/forge'
import {formatPlace} from '@broadside/content'
import {diagnosticsOf, postsOfRevision, type Db, type NewEffect, type RevisionsTable} from '@broadside/ledger'
import type {RevisionSummary} from '@broadside/revision'
import {createUrls} from '@broadside/site'
import {describeStatus, statusSteps, type PushFacts, type StatusStep} from './describe-status.ts'

/** What is kept in the row of a status, beside its commit. */
export type StatusPayload = Pick<CommitStatus, 'state' | 'description' | 'url'>

type Told = {siteUrl: string; forge: StatusForge; step: StatusStep} & Pick<PushFacts, 'trouble' | 'live'>

/**
 * The status of a revision's commit at a step of its push. Versions grow with the revision and the step, so that an
 * older one, or an earlier step that is learned late, never takes the place of a newer one.
 */
export async function statusEffect(db: Db, revision: RevisionsTable, told: Told): Promise<NewEffect> {
  const {site, number, commit_id: commit} = revision
  const {siteUrl, forge, step, trouble, live} = told
  const errors = (await diagnosticsOf(db, site, number)).filter(({severity}) => severity === 'error')
  const [first] = errors
  const place = first && {
    file: first.file,
    ...(first.line === null ? {} : {line: first.line}),
    ...(first.column_number === null ? {} : {column: first.column_number}),
  }
  const facts: PushFacts = {
    site,
    revision: number,
    summary: JSON.parse(revision.summary) as RevisionSummary,
    errors:
      first === undefined || place === undefined
        ? undefined
        : {first: `${formatPlace(place)} ${first.message}`, count: errors.length},
    trouble,
    live,
  }
  const payload: StatusPayload = {...describeStatus(step, facts), url: await pageOf(db, revision, siteUrl)}
  return {
    site,
    kind: 'status',
    target: statusTarget(forge),
    subject: commit,
    version: number * statusSteps.length + statusSteps.indexOf(step),
    revision: number,
    payload: JSON.stringify(payload),
  }
}

/** The page of the first post that the push brought, changed next to that, else the front page. */
async function pageOf(db: Db, {site, number}: RevisionsTable, siteUrl: string): Promise<string> {
  const posts = await postsOfRevision(db, site, number, 50)
  const post =
    posts.find(({change, status}) => change === 'published' && status === 'live') ??
    posts.find(({change, status}) => change === 'updated' && status === 'live')
  return createUrls(siteUrl).absolute(post?.address ?? '/')
}
