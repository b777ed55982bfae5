import {holdsAt, newestFree, openEnd, type Db, type RevisionsTable} from '@broadside/ledger'

/** Fewer are never too many: a young site may be cleared out. */
const alwaysAllowed = 10

export type Leaving = {
  site: string
  last: RevisionsTable | undefined
  cause: RevisionsTable['cause']
  /** Posts that this revision takes off the site. */
  removed: number
}

/**
 * Why a revision waits for a yes, if it does: it would take more than a third of the posts, and more than ten, off the
 * site that readers see. Measured against the newest revision that is not held, so that what is pushed after a held one
 * waits as well, unless it puts it right. Asked at the end of the transaction that writes the revision. It costs a walk
 * over the posts where more than ten leave or a revision is held, and nothing otherwise. What leaves by its own date
 * holds nothing up.
 */
export async function reasonToHold(db: Db, {site, last, cause, removed}: Leaving): Promise<string | undefined> {
  if (last === undefined) return undefined
  const seen = await newestFree(db, site)
  if (seen === undefined) return undefined
  const isHeld = seen < last.number
  if (!isHeld && (cause === 'clock' || removed <= alwaysAllowed)) return undefined
  const lost = isHeld ? await countLost(db, site, seen) : removed
  if (lost <= alwaysAllowed) return undefined
  const were = await countLive(db, site, seen)
  return lost * 3 > were ? `it would take ${lost} of ${were} posts off the site` : undefined
}

function liveAt(db: Db, site: string, revision: number) {
  return db
    .selectFrom('post_versions as b')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('b.site', '=', site)
    .where('b.status', '=', 'live')
    .where(holdsAt('b', revision))
}

async function countLive(db: Db, site: string, revision: number): Promise<number> {
  return Number((await liveAt(db, site, revision).executeTakeFirstOrThrow()).count)
}

/** Posts that were live then and are not now. */
async function countLost(db: Db, site: string, revision: number): Promise<number> {
  const lost = liveAt(db, site, revision).where(({not, exists, selectFrom}) =>
    not(
      exists(
        selectFrom('post_versions as n')
          .select('n.id')
          .whereRef('n.site', '=', 'b.site')
          .whereRef('n.id', '=', 'b.id')
          .where('n.status', '=', 'live')
          .where('n.to_revision', '=', openEnd),
      ),
    ),
  )
  return Number((await lost.executeTakeFirstOrThrow()).count)
}
