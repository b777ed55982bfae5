import type {Preferences} from '@broadside/subscribers'
import {wantDigests} from './digests.ts'
import {wantLastDigest} from './last-digest.ts'
import type {Db} from './open-ledger.ts'
import {findSubscriber, type SubscriberRow} from './subscribers.ts'

export function preferencesOf({
  cadence,
  timezone,
  topics,
}: Pick<SubscriberRow, 'cadence' | 'timezone' | 'topics'>): Preferences {
  return {
    cadence,
    ...(timezone === null ? {} : {timezone}),
    ...(topics === null ? {} : {topics: JSON.parse(topics) as string[]}),
  }
}

/**
 * Keeps what somebody chose, in the caller's transaction, with a line in the journal that does not repeat it. The same
 * choice again leaves no trace. It holds for editions whose audience is not fixed yet; what waited for a digest that is
 * read no more comes with a last one.
 *
 * @returns whether anything changed.
 */
export async function savePreferences(
  db: Db,
  site: string,
  {id, preferences, cause, now}: {id: string; preferences: Preferences; cause: string; now: number},
): Promise<boolean> {
  const known = await findSubscriber(db, site, id)
  if (known === undefined) return false
  const {cadence, topics} = preferences
  const timezone = preferences.timezone ?? (cadence === 'each' ? null : 'UTC')
  const set = {cadence, timezone, topics: topics === undefined ? null : JSON.stringify(topics.toSorted())}
  if (set.cadence === known.cadence && set.timezone === known.timezone && set.topics === known.topics) return false
  await db
    .updateTable('subscribers')
    .set({...set, changed_at: now})
    .where('site', '=', site)
    .where('id', '=', id)
    .execute()
  if (cadence !== 'each') await wantDigests(db, site, {cadence, timezone: timezone!, now})
  else if (known.cadence !== 'each') await wantLastDigest(db, site, {id, now})
  await db
    .insertInto('audience_journal')
    .values({site, subscriber: id, event: 'chose', state: known.state, cause, at: now})
    .execute()
  return true
}
