import type {PostMeta} from '@broadside/content'
import {
  findSite,
  holdsAt,
  lastLiveRelease,
  moveEdition,
  openEdition,
  openSiteView,
  pinOf,
  shownBy,
  whyDisarmed,
  type Db,
  type ReleasesTable,
} from '@broadside/ledger'
import {decideMailing, togetherKey} from '@broadside/revision/decide-mailing'
import {editionId} from './edition-id.ts'
import type {Newsletter} from './newsletter.ts'
import {pauseForLeft} from './pause-for-left.ts'

type Candidate = {
  id: string
  firstLive: number
  date: number
  /** It waited for its date, and that came. */
  scheduled: boolean
  newsletter: PostMeta['newsletter']
  title: string
}

/**
 * Opens an edition for each post that readers can see, that is to be mailed, and that never had one; and pauses those
 * under way whose post has left the site. All from the ledger, so that posts of releases nobody told of are found as
 * well. A repeat opens nothing twice.
 *
 * @returns ids of the editions that may go at once.
 */
export async function announcePosts({deps, options}: Newsletter, site: string): Promise<string[]> {
  const {ledger, clock, log} = deps
  const {db} = ledger
  const live = await lastLiveRelease(db, site)
  if (live === undefined) return []
  await pauseForLeft(deps, live)
  const posts = await announceable(db, live)
  const going: string[] = []
  if (posts.length === 0) return going
  const {newsletter} = (await openSiteView(db, site, live.revision)).settings
  const mailed = posts.filter(
    (post) => decideMailing({newsletter, post, firstImport: false, together: 1, now: 0}).mail !== 'none',
  )
  for (const post of mailed.filter(({edition}) => edition === null)) {
    const together = mailed.filter((other) => keyOf(other) === keyOf(post)).length
    const now = clock.now()
    const {mail, why} = decideMailing({newsletter, post, firstImport: false, together, now})
    const proven = live.proof !== 'unproven'
    const disarmed = await whyDisarmed(db)
    const mayGo = mail === 'at-once' && proven && disarmed === undefined
    const {undoMs} = options.rulesOf(site)
    const atOnce = mayGo && undoMs === 0
    const goAt = mayGo && !atOnce ? now + undoMs : undefined
    const reason = atOnce
      ? null
      : goAt !== undefined
        ? `leaves ${new Date(goAt).toISOString()} unless it is cancelled`
        : !proven
          ? 'its release could not be proven'
          : (disarmed ?? why)
    const id = editionId(site, post.id)
    const subject = post.newsletter.subject ?? post.title
    const state = atOnce ? 'freezing' : 'held'
    const row = {
      id,
      site,
      post: post.id,
      revision: live.revision,
      release: live.number,
      state,
      reason,
      subject,
    } as const
    const opened = await ledger.transaction(async (tx) => {
      // Of a site that is being rolled back nothing is announced that may be about to go.
      const pin = await pinOf(tx, site)
      if (pin !== undefined && pin.revision !== live.revision) return false
      const isNew = await openEdition(tx, row, now)
      if (isNew && goAt !== undefined) await moveEdition(tx, id, ['held'], {go_at: goAt})
      return isNew
    })
    if (!opened) continue
    log.info(
      {event: `edition.${atOnce ? 'opened' : 'held'}`, site, edition: id, post: post.id, release: live.number, reason},
      atOnce ? `mailing "${subject}"` : `"${subject}" waits for a yes: ${reason}`,
    )
    if (atOnce) going.push(id)
  }
  return going
}

function keyOf({firstLive: revision, date, scheduled}: Candidate): string {
  return togetherKey({revision, date, scheduled})
}

/**
 * Posts that are live now and first became so after the site was brought in, of those revisions that have a post
 * without an edition; with posts that share their revision, since how many there are decides.
 */
async function announceable(db: Db, live: ReleasesTable): Promise<(Candidate & {edition: string | null})[]> {
  const {site} = live
  const {first_revision: first} = await findSite(db, site)
  if (first === null) return []
  const liveNow = db
    .selectFrom('posts as m')
    .innerJoin('post_versions as p', (join) => join.onRef('p.site', '=', 'm.site').onRef('p.id', '=', 'm.id'))
    .leftJoin('editions as e', (join) => join.onRef('e.site', '=', 'm.site').onRef('e.post', '=', 'm.id'))
    .where('m.site', '=', site)
    .where('m.first_live_revision', '>', first)
    .where('p.status', '=', 'live')
    .where(holdsAt('p', shownBy(live)))
  const rows = await liveNow
    .select(['m.id', 'm.first_live_revision as firstLive', 'p.date', 'p.meta', 'e.id as edition'])
    .select((q) =>
      q
        .selectFrom('post_versions as s')
        .select('s.date')
        .whereRef('s.site', '=', 'm.site')
        .whereRef('s.id', '=', 'm.id')
        .whereRef('s.to_revision', '=', 'm.first_live_revision')
        .where('s.status', '=', 'scheduled')
        .limit(1)
        .as('scheduledFor'),
    )
    .where('m.first_live_revision', 'in', liveNow.select('m.first_live_revision').where('e.id', 'is', null))
    .orderBy('p.date')
    .orderBy('m.id')
    .execute()
  return rows.map(({id, firstLive, date, scheduledFor, meta, edition}) => {
    const {newsletter, title} = JSON.parse(meta) as Pick<PostMeta, 'newsletter' | 'title'>
    return {id, firstLive: firstLive!, date, scheduled: scheduledFor === date, newsletter, title, edition}
  })
}
