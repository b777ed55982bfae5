import {addReaders, newsletter, waitingFor} from './digests.ts'
import {waitsForDigest} from './freeze-audience.ts'
import type {Db} from './open-ledger.ts'
import {findSubscriber} from './subscribers.ts'
import type {ReleasesTable, TimersTable} from './tables.ts'

const prefix = 'last digest '
/** An edition whose audience is being fixed has it within this, ms; else it is looked at again after as long. */
const freezeMs = 60_000

/**
 * Sees to it that somebody who reads digests no more gets what waited for them, in the caller's transaction; a repeat
 * changes nothing.
 */
export async function wantLastDigest(db: Db, site: string, {id, now}: {id: string; now: number}): Promise<void> {
  await db
    .insertInto('timers')
    .values({site, owner: newsletter, key: `${prefix}${id}`, due: now})
    .onConflict((c) => c.doNothing())
    .execute()
}

/** Timers of last digests. */
export async function dueLastDigests(db: Db, now: number): Promise<TimersTable[]> {
  const due = db.selectFrom('timers').selectAll().where('owner', '=', newsletter).where('due', '<=', now)
  return due.where('key', 'like', `${prefix}%`).execute()
}

/**
 * Opens the edition of a last digest and takes its timer away, in the caller's transaction. There is none for whom
 * nothing waits, who has left, or who reads digests again and so gets it with the next. A timer that somebody else took
 * is left alone; it stays where a post's audience was being fixed at the moment of the choice, so that this post comes
 * with one more.
 *
 * @returns the edition.
 */
export async function openLastDigest(
  db: Db,
  {site, key, due}: TimersTable,
  {live, now}: {live: ReleasesTable; now: number},
): Promise<string | undefined> {
  const mine = db.deleteFrom('timers').where('site', '=', site).where('owner', '=', newsletter).where('key', '=', key)
  if ((await mine.where('due', '=', due).executeTakeFirst()).numDeletedRows === 0n) return undefined
  const reader = key.slice(prefix.length)
  const person = await findSubscriber(db, site, reader)
  if (person?.state !== 'active' || person.cadence !== 'each') return undefined
  if (await waitsForFreeze(db, site, reader)) await wantLastDigest(db, site, {id: reader, now: now + freezeMs})
  const posts = (await waitingFor(db, {site, due: now}, {live, people: [reader]})).get(reader)
  if (posts === undefined) return undefined
  const round = {site, digest: `last ${reader} ${now}`, subject: 'last digest'}
  return addReaders(db, round, {posts, readers: [reader], live, now})
}

async function waitsForFreeze(db: Db, site: string, reader: string): Promise<boolean> {
  const row = await db
    .selectFrom('editions as e')
    .innerJoin('deliveries as d', 'd.edition', 'e.id')
    .select('e.id')
    .where('e.site', '=', site)
    .where('e.state', 'in', ['freezing', 'paused'])
    .where('e.frozen_at', 'is', null)
    .where('d.subscriber', '=', reader)
    .where('d.reply', '=', waitsForDigest)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
