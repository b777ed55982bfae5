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

/** Whether readers of the release can see the edition's post. */
export async function isLive(
  db: Db,
  edition: Pick<EditionRow, 'site' | 'post' | 'corrects'>,
  release: ReleasesTable | undefined,
): Promise<boolean> {
  if (release === undefined) return false
  const row = await db
    .selectFrom('post_versions as p')
    .select('p.id')
    .where('p.site', '=', edition.site)
    .where('p.id', '=', await postOfEdition(db, edition))
    .where('p.status', '=', 'live')
    .where(holdsAt('p', shownBy(release)))
    .executeTakeFirst()
  return row !== undefined
}
