import type {PostMeta} from '@broadside/content'
import {holdsAt, type PostVersionsTable} from '@broadside/ledger'
import {preflight} from '@broadside/mail'
import {decideMailings} from '@broadside/revision'
import {brokenLinks, mailImageSizes, renderBody, type SiteView} from '@broadside/site'
import {draftMail} from '../check/draft-mail.ts'
import type {Plan, PlannedMail} from './plan.ts'
import type {Views} from './planned-texts.ts'

type Version = PostVersionsTable & {first_live_revision: number | null}

/** Which mails would go, and what waits for its moment; by the rule that newsletter follows. */
export async function plannedMail(
  {db, before, after, numbers}: Views,
  now: number,
): Promise<Pick<Plan, 'mail' | 'scheduled' | 'drafts'>> {
  const at = async (revision: number): Promise<Version[]> =>
    db
      .selectFrom('post_versions as v')
      .innerJoin('posts as m', (join) => join.onRef('m.site', '=', 'v.site').onRef('m.id', '=', 'v.id'))
      .selectAll('v')
      .select('m.first_live_revision')
      .where('v.site', '=', after.site.name)
      .where(holdsAt('v', revision))
      .orderBy('v.date')
      .orderBy('v.path')
      .execute()
  const versions = await at(numbers.after)
  const earlier = new Map(
    (before === undefined ? [] : await at(numbers.before)).map((version) => [version.id, version]),
  )
  const scheduled = versions.filter(({status}) => status === 'scheduled')
  const facts = (version: Version, moment: number) => {
    const was = earlier.get(version.id)
    const isScheduled = version.status === 'scheduled' || (was?.status === 'scheduled' && was.date === version.date)
    return {
      key: version,
      newsletter: after.settings.newsletter,
      post: {newsletter: metaOf(version).newsletter, date: version.date, scheduled: isScheduled},
      firstImport: before === undefined && version.status === 'live',
      now: moment,
    }
  }
  const published = versions.filter(
    ({status, first_live_revision: first}) => status === 'live' && first === numbers.after,
  )
  const decisions = [
    ...decideMailings(
      numbers.after,
      published.map((version) => facts(version, now)),
    ),
    ...decideMailings(
      numbers.after,
      scheduled.map((version) => facts(version, version.date)),
    ),
  ]
  const mail: PlannedMail[] = []
  for (const {key: version, mail: decision, why} of decisions) {
    // An earlier push has announced it; how many come with it counts all the same.
    if (version.from_revision !== numbers.after) continue
    const meta = metaOf(version)
    const source = {path: version.path, fragmentKey: version.fragment_key}
    const html = await renderBody(after, source, 'mail')
    const message = draftMail(html, {...meta, date: version.date}, after.settings)
    const findings = preflight(message, await deadLinksOf(after, version), await mailImageSizes(after, source))
    const gates = findings.filter(({gate}) => gate).map((found) => found.message)
    mail.push({
      path: version.path,
      title: meta.title,
      subject: message.subject,
      bytes: Buffer.byteLength(message.html),
      decision: gates.length === 0 ? decision : 'held',
      why: gates.length === 0 ? why : [...(decision === 'held' ? [why] : []), ...gates].join('; '),
      findings,
      ...(version.status === 'scheduled' ? {at: version.date} : {}),
    })
  }
  const named = ({path, meta}: Version) => ({path, title: (JSON.parse(meta) as PostMeta).title})
  return {
    mail,
    scheduled: scheduled.map((version) => ({
      ...named(version),
      at: version.date,
      isNew: version.from_revision === numbers.after,
    })),
    drafts: versions.filter(({status, from_revision: from}) => status === 'draft' && from === numbers.after).map(named),
  }
}

/** Of a scheduled post none: what it links to has until its moment to come, and is looked at again then. */
async function deadLinksOf(view: SiteView, {status, path, fragment_key: key}: Version): Promise<string[]> {
  const fragment = status === 'scheduled' ? undefined : await view.fragment(key)
  if (fragment === undefined) return []
  const broken = await brokenLinks(view, {path, fragment})
  return broken.filter(({code}) => code === 'link.broken').map(({message}) => message)
}

function metaOf({meta}: Version): PostMeta {
  return JSON.parse(meta) as PostMeta
}
