import type {Diagnostic} from '@broadside/content'
import {openEnd, type Db} from '@broadside/ledger'
import type {Candidate} from './candidate.ts'
import {inChunks} from './in-chunks.ts'

export type FeedIdClaim = {
  path: string
  feedId: string
  date: number
  /** When the commit was written that brought the post, ms; 0 where that is not known. */
  bornAt: number
  /** It was told under this id before. */
  isHeld: boolean
}

/**
 * Ids that came from another tool stay as they are, so two posts can have one; whoever reads feeds then sees one of the
 * two. The post that had it first is right, then the older one; the others learn why.
 */
export function tellFeedIds(claims: FeedIdClaim[]): Diagnostic[] {
  const ordered = claims.toSorted(
    (a, b) =>
      Number(b.isHeld) - Number(a.isHeld) || a.bornAt - b.bornAt || a.date - b.date || (a.path < b.path ? -1 : 1),
  )
  const holders = new Map<string, string>()
  return ordered.flatMap(({path, feedId}) => {
    const holder = holders.get(feedId)
    if (holder === undefined) {
      holders.set(feedId, path)
      return []
    }
    const message = `${holder} already has the feedId ${JSON.stringify(feedId)}: programs that read feeds take the two for one`
    const cure = 'Remove the line from the post that feeds did not have under it'
    return [{severity: 'warning', code: 'post.duplicate-feed-id', file: path, message, cure}]
  })
}

/** Of the posts that a revision takes, those whose `feedId` another post has. `leaving` are ids of posts that go. */
export async function duplicateFeedIds(
  db: Db,
  site: string,
  accepted: Candidate[],
  leaving: ReadonlySet<string>,
): Promise<Diagnostic[]> {
  const claims = accepted.flatMap(({record, feedId, date, row}): FeedIdClaim[] =>
    feedId === undefined
      ? []
      : [{path: record.path!, feedId, date, bornAt: record.bornAt, isHeld: row?.feed_id === feedId}],
  )
  if (claims.length === 0) return []
  const away = new Set([...leaving, ...accepted.map(({record}) => record.id)])
  for (const chunk of inChunks([...new Set(claims.map(({feedId}) => feedId))])) {
    const rows = await db
      .selectFrom('post_versions as v')
      .innerJoin('posts as p', (join) => join.onRef('p.site', '=', 'v.site').onRef('p.id', '=', 'v.id'))
      .select(['v.id', 'v.path', 'v.date', 'v.feed_id', 'p.born_at'])
      .where('v.site', '=', site)
      .where('v.feed_id', 'in', chunk)
      .where('v.to_revision', '=', openEnd)
      .execute()
    const staying = rows.filter(({id}) => !away.has(id))
    claims.push(
      ...staying.map(({path, date, feed_id, born_at}) => ({
        path,
        feedId: feed_id!,
        date,
        bornAt: born_at,
        isHeld: true,
      })),
    )
  }
  const taken = new Set(accepted.map(({record}) => record.path))
  return tellFeedIds(claims).filter(({file}) => taken.has(file))
}
