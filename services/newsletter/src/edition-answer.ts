import {
  deliveryCounts,
  findEdition,
  holdsAt,
  postOfEdition,
  shownBy,
  type Db,
  type EditionRow,
  type EditionState,
  type ReleasesTable,
} from '@broadside/ledger'

/** What a decision about an edition answers. */
export type EditionAnswer = {
  edition: string
  site: string
  subject: string
  state: EditionState
  reason: string | null
  audience: number | null
  counts: Awaited<ReturnType<typeof deliveryCounts>>
}

/** How the edition stands now. */
export async function answerFor(db: Db, id: string): Promise<EditionAnswer> {
  const {site, subject, state, reason, audience} = (await findEdition(db, id))!
  return {edition: id, site, subject, state, reason, audience, counts: await deliveryCounts(db, id)}
}

/**
 * Whether readers of the release can see what the edition leads to: its post; of a digest all of its posts, once its
 * message names them, and any of them before that, since those that have left are left out of it.
 */
export async function leadsToPages(
  db: Db,
  edition: Pick<EditionRow, 'site' | 'post' | 'corrects' | 'digest' | 'posts' | 'message_hash'>,
  release: ReleasesTable | undefined,
): Promise<boolean> {
  if (release === undefined) return false
  const {digest, posts, message_hash: message} = edition
  const wanted = digest === null ? [await postOfEdition(db, edition)] : postsOf(posts)
  const live = await livePosts(db, wanted, release)
  return digest !== null && message === null ? live.size > 0 : wanted.every((post) => live.has(post))
}

/** Those of `posts` that readers of the release can see. */
async function livePosts(db: Db, posts: readonly string[], release: ReleasesTable): Promise<Set<string>> {
  const rows = await db
    .selectFrom('post_versions as p')
    .select('p.id')
    .where('p.site', '=', release.site)
    .where('p.id', 'in', ['', ...posts])
    .where('p.status', '=', 'live')
    .where(holdsAt('p', shownBy(release)))
    .execute()
  return new Set(rows.map(({id}) => id))
}

/** Ids of a digest's posts, from its row. */
export function postsOf(posts: string | null): string[] {
  return JSON.parse(posts ?? '[]') as string[]
}
