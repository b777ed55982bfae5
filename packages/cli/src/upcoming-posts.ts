import {openEnd, type Db} from '@broadside/ledger'

export type UpcomingPosts = {
  scheduled: {site: string; path: string; at: number}[]
  drafts: {site: string; path: string}[]
}

const atMost = 100

/** Posts that readers do not see yet: at most a hundred of each, the next ones first. */
export async function upcomingPosts(db: Db, site: string | undefined): Promise<UpcomingPosts> {
  const query = (status: string) => {
    const all = db
      .selectFrom('post_versions')
      .select(['site', 'path', 'date'])
      .where('status', '=', status)
      .where('to_revision', '=', openEnd)
    const some = site === undefined ? all : all.where('site', '=', site)
    return some.orderBy('date').orderBy('path').limit(atMost).execute()
  }
  const scheduled = await query('scheduled')
  const drafts = await query('draft')
  return {
    scheduled: scheduled.map(({site: of, path, date}) => ({site: of, path, at: date})),
    drafts: drafts.map(({site: of, path}) => ({site: of, path})),
  }
}
