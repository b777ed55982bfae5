import {addLetter} from './letters.ts'
import type {Db} from './open-ledger.ts'

/** Keeps where the author of a revision may be written to, in the transaction that writes the revision. */
export async function keepPushAuthor(db: Db, site: string, revision: number, address: string): Promise<void> {
  await db.insertInto('push_authors').values({site, revision, address}).execute()
}

/**
 * Has the author of a failed push written to, if that was asked for, in the caller's transaction: once per revision,
 * whatever else goes wrong with it later.
 */
export async function writeToPushAuthor(db: Db, site: string, revision: number, now: number): Promise<void> {
  const author = await db
    .selectFrom('push_authors')
    .select('revision')
    .where('site', '=', site)
    .where('revision', '=', revision)
    .executeTakeFirst()
  if (author === undefined) return
  await addLetter(db, {site, id: `push-failed-${revision}`, kind: 'push-failed', subscriber: '', revision}, now)
}

/** Forgets the address again, once its letter is out. */
export async function forgetPushAuthor(db: Db, site: string, revision: number): Promise<void> {
  await db.deleteFrom('push_authors').where('site', '=', site).where('revision', '=', revision).execute()
}

/** Forgets addresses of authors whose push is live by `revision`, and to whom no letter is under way. */
export async function forgetPushAuthors(db: Db, site: string, revision: number): Promise<void> {
  await db
    .deleteFrom('push_authors')
    .where('site', '=', site)
    .where('revision', '<=', revision)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('letters')
            .select('letters.id')
            .whereRef('letters.site', '=', 'push_authors.site')
            .whereRef('letters.revision', '=', 'push_authors.revision')
            .where('letters.state', 'in', ['pending', 'deferred', 'submitting']),
        ),
      ),
    )
    .execute()
}
