import {statusTarget, type CommitStatus, type StatusForge} from '@broadside/forge'
import {formatPlace} from '@broadside/content'
import {
  diagnosticsOf,
  postsOfRevision,
  writeEffects,
  writeToPushAuthor,
  type Db,
  type NewEffect,
  type RevisionsTable,
  type SitesTable,
} from '@broadside/ledger'
import {pushPageUrl, type RevisionSummary} from '@broadside/revision'
import {createUrls} from '@broadside/site'
import {describeStatus, statusSteps, type PushFacts, type StatusStep} from './describe-status.ts'
import {pushesBetween} from './pushes-between.ts'

/** What is kept in the row of a status, beside its commit. */
export type StatusPayload = Pick<CommitStatus, 'state' | 'description' | 'url'>

type Told = {
  site: SitesTable
  /** Where statuses go, if anywhere. */
  forge: StatusForge | undefined
  /** Where authors reach the console, if they do. */
  consoleUrl: string | undefined
  step: StatusStep
  /** Revisions after this one, up to and with `upTo`. */
  after: number
  upTo: number
} & Partial<Pick<PushFacts, 'trouble' | 'live'>>

/** What is to be told of pushes that took a step: statuses for the forge, and those whose authors are written to. */
export type PushNews = {statuses: NewEffect[]; failed: number[]}

export async function tellOfPushes(db: Db, told: Told): Promise<PushNews> {
  const {site, forge, consoleUrl, step, after, upTo} = told
  const news: PushNews = {statuses: [], failed: []}
  for (const revision of await pushesBetween(db, site.name, after, upTo)) {
    const said = describeStatus(step, await factsOf(db, revision, told))
    if (said.state === 'failure') news.failed.push(revision.number)
    if (forge === undefined) continue
    const payload: StatusPayload = {...said, url: await linkOf(db, revision, site, consoleUrl)}
    news.statuses.push({
      site: site.name,
      kind: 'status',
      target: statusTarget(forge),
      subject: revision.commit_id,
      // Grows with the revision and the step, so that an earlier one that is learned late never takes the place of a
      // later one.
      version: revision.number * statusSteps.length + statusSteps.indexOf(step),
      revision: revision.number,
      payload: JSON.stringify(payload),
    })
  }
  return news
}

/** Writes the news down, in the transaction that learns of them. */
export async function writePushNews(db: Db, site: string, {statuses, failed}: PushNews, now: number): Promise<void> {
  await writeEffects(db, statuses, now)
  for (const revision of failed) await writeToPushAuthor(db, site, revision, now)
}

async function factsOf(db: Db, revision: RevisionsTable, {trouble, live}: Told): Promise<PushFacts> {
  const {site, number} = revision
  const errors = (await diagnosticsOf(db, site, number)).filter(({severity}) => severity === 'error')
  const [first] = errors
  const place = first && {
    file: first.file,
    ...(first.line === null ? {} : {line: first.line}),
    ...(first.column_number === null ? {} : {column: first.column_number}),
  }
  return {
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
}

/** The push in the console, where authors see all of it; a preview is there to be looked at. */
async function linkOf(
  db: Db,
  revision: RevisionsTable,
  site: SitesTable,
  consoleUrl: string | undefined,
): Promise<string> {
  if (consoleUrl === undefined || site.preview_of !== null) return pageOf(db, revision, site)
  return pushPageUrl(consoleUrl, site.name, revision.number)
}

/** The page of the first post that the push brought, changed next to that, else the front page. */
async function pageOf(
  db: Db,
  {site, number}: RevisionsTable,
  {site_url: siteUrl, first_revision: first}: SitesTable,
): Promise<string> {
  // Of a whole site that comes in none is the one to look at.
  if (number === first) return createUrls(siteUrl).absolute('/')
  const posts = await postsOfRevision(db, site, number, 50)
  const post =
    posts.find(({change, status}) => change === 'published' && status === 'live') ??
    posts.find(({change, status}) => change === 'updated' && status === 'live')
  return createUrls(siteUrl).absolute(post?.address ?? '/')
}
