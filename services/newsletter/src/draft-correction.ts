import {createHash} from 'node:crypto'
import {
  findEdition,
  hasOpenDelivery,
  holdsAt,
  lastLiveRelease,
  openSiteView,
  shownBy,
  type Db,
  type EditionRow,
} from '@broadside/ledger'
import {correctionSubject} from '@broadside/mail'
import {BroadsideError} from '@broadside/runtime'
import {editionId} from './edition-id.ts'

/** What an author says of a correction. */
export type CorrectionWords = {subject?: string | undefined; note?: string | undefined}

/** A row for an edition that corrects another; it is not in the ledger yet. */
export type CorrectionDraft = Pick<
  EditionRow,
  'id' | 'site' | 'post' | 'revision' | 'release' | 'subject' | 'corrects' | 'note'
>

/**
 * The correction of a post's mail as the post is now. There is one for each version of the post, so its id is a function
 * of both and a repeat finds the edition that it has.
 *
 * @throws BroadsideError `edition.nothing-to-correct`, `edition.state` (invalid).
 */
export async function draftCorrection(
  db: Db,
  {site, post}: {site: string; post: string},
  {subject, note}: CorrectionWords,
): Promise<CorrectionDraft> {
  const first = await findEdition(db, editionId(site, post))
  if (first === undefined || first.frozen_at === null) {
    throw new BroadsideError('invalid', 'edition.nothing-to-correct', 'no mail of this post went out yet', {
      hint: 'Change the post; its mail is made when it goes',
    })
  }
  const isOver = first.state === 'complete' || first.state === 'cancelled'
  if (!isOver || (await hasOpenDelivery(db, first.id))) {
    throw new BroadsideError('invalid', 'edition.state', `“${first.subject}” is ${first.state}, and some wait for it`, {
      hint: 'Wait until it is complete, or end it with broadside newsletter cancel',
    })
  }
  const live = (await lastLiveRelease(db, site))!
  const version = await db
    .selectFrom('post_versions as p')
    .select('p.from_revision')
    .where('p.site', '=', site)
    .where('p.id', '=', post)
    .where(holdsAt('p', shownBy(live)))
    .executeTakeFirstOrThrow()
  const isSame = version.from_revision <= first.revision
  if (isSame && (note ?? '').trim() === '') {
    throw new BroadsideError('invalid', 'edition.nothing-to-correct', 'the post is as it was mailed', {
      hint: 'Push what is right, or say with --note what was wrong',
    })
  }
  const key = `correction ${post} ${version.from_revision}`
  const id = createHash('sha256')
    .update(JSON.stringify([site, key]))
    .digest('hex')
    .slice(0, 16)
  const {settings} = await openSiteView(db, site, live.revision)
  return {
    id,
    site,
    post: key,
    revision: live.revision,
    release: live.number,
    subject: subject ?? correctionSubject(first.subject, settings.language),
    corrects: first.id,
    note: note ?? null,
  }
}
