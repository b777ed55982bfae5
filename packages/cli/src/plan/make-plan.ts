import type {ImagePool} from '@broadside/images/pool'
import {changesBetween, countSubscribers, diagnosticsOf, openSiteView, type Ledger} from '@broadside/ledger'
import type {RenderPool} from '@broadside/markdown/pool'
import {acceptRevision, checkLinks, renderRevision, type AcceptedRevision} from '@broadside/revision'
import type {Db} from '@broadside/ledger'
import type {Source} from '../build/open-source.ts'
import {toDiagnostic} from '../to-diagnostic.ts'
import type {Plan, PlannedAudience} from './plan.ts'
import {plannedMail} from './planned-mail.ts'
import {plannedOutputs} from './planned-outputs.ts'
import {plannedTexts} from './planned-texts.ts'

export type PlanOptions = {
  /** A ledger of this plan alone, with the site's row and the revision to compare with, if there is one. */
  ledger: Ledger
  site: string
  source: Source
  against: string
  audience: PlannedAudience | undefined
  /** The revision that the installed site is held at, where it was taken back. */
  keptAt?: number | undefined
  pool: RenderPool
  images: ImagePool
  now: number
}

/**
 * Publishes the commit in a ledger of its own, by the code that publishes: accepted, rendered, each output built in both
 * states, and tells what differs. Undefined when there is nothing new.
 */
export async function makePlan(options: PlanOptions): Promise<Plan | undefined> {
  const {ledger, site, source, against, audience, now} = options
  const {db} = ledger
  const last = await acceptedNumber(db, site)
  const accepted = await publishHere(options, source.commit)
  if (accepted === undefined) return undefined
  const {number, summary} = accepted
  const held =
    options.keptAt === undefined ? summary.held : `the site is kept at revision ${options.keptAt} until broadside unpin`
  const before = last === undefined ? undefined : await openSiteView(db, site, last)
  const after = await openSiteView(db, site, number)
  const changes = await changesBetween(db, site, last ?? 0, number)
  const views = {db, before, after, numbers: {before: last ?? 0, after: number}}
  return {
    site,
    commit: source.commit,
    against,
    ...(held === undefined ? {} : {held}),
    texts: await plannedTexts(views, changes),
    ...(await plannedOutputs(before, after, changes)),
    ...(await plannedMail(views, now)),
    audience,
    problems: (await diagnosticsOf(db, site, number, 1_000)).map(toDiagnostic),
  }
}

/** Accepts and renders a commit; undefined when the ledger has it already. */
export async function publishHere(
  {ledger, site, source, pool, images, now}: Omit<PlanOptions, 'against' | 'audience' | 'keptAt'>,
  commit: string,
): Promise<AcceptedRevision | undefined> {
  const rendering = {ledger, pool, source: 'plan', now: () => now}
  const waiting = await ledger.db
    .selectFrom('renders')
    .select('revision')
    .distinct()
    .where('state', '=', 'pending')
    .execute()
  for (const {revision} of waiting) await renderRevision(rendering, {site, revision, of: 'all'})
  const accepted = await acceptRevision({
    ledger,
    mirror: source.mirror,
    site,
    commit,
    cause: 'push',
    asOf: now,
    now: () => now,
    keepBinary: async () => {},
    images,
    source: 'plan',
  })
  if (accepted === undefined) return undefined
  await renderRevision(rendering, {site, revision: accepted.number, of: 'all'})
  await checkLinks(ledger, site)
  return accepted
}

/** Who gets a mail now, and whom what keeps out. */
export async function audienceOf(db: Db, site: string): Promise<PlannedAudience> {
  const {active = 0, ...excluded} = await countSubscribers(db, site)
  return {people: active, excluded}
}

async function acceptedNumber(db: Db, site: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  return row?.number
}
