import {effectCursor, lastLiveRelease, moveEffectCursor, writeEffects, type NewEffect} from '@broadside/ledger'
import type {SitesTable} from '@broadside/ledger'
import type {Notifier} from './notifier.ts'
import {pushesBetween} from './pushes-between.ts'
import {statusEffect} from './write-statuses.ts'

const fact = 'revision'
/** A release heals by itself from much that lasts less than this, ms. */
const stuckAfterMs = 60_000

/** Writes down, once, that the commits of new revisions are under way. True when there was something new. */
export async function learnRevisions({deps, options}: Notifier, site: SitesTable): Promise<boolean> {
  const {ledger, clock} = deps
  const {db} = ledger
  const newest = await db
    .selectFrom('revisions')
    .select('number')
    .where('site', '=', site.name)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  if (newest === undefined) return false
  const from = await effectCursor(db, site.name, fact)
  const seen = from ?? newest.number - 1
  if (newest.number <= seen) return false
  const forge = options.forgeOf(site)
  const effects: NewEffect[] = []
  if (forge !== undefined) {
    for (const revision of await pushesBetween(db, site.name, seen, newest.number)) {
      const told = {siteUrl: site.site_url, forge, step: 'accepted', trouble: undefined, live: undefined} as const
      effects.push(await statusEffect(db, revision, told))
    }
  }
  return ledger.transaction(async (tx) => {
    if (!(await moveEffectCursor(tx, {site: site.name, fact, from, seen: newest.number}))) return false
    await writeEffects(tx, effects, clock.now())
    return effects.length > 0
  })
}

/** Writes down, once, that the release of some commits fails at something and that this does not heal soon. */
export async function learnTrouble({deps, options}: Notifier, site: SitesTable): Promise<boolean> {
  const {ledger, clock} = deps
  const forge = options.forgeOf(site)
  if (forge === undefined) return false
  const release = await ledger.db
    .selectFrom('releases')
    .select(['revision', 'trouble'])
    .where('state', 'in', ['planning', 'putting', 'proving'])
    .where('site', '=', site.name)
    .where('trouble', 'is not', null)
    .where('opened_at', '<', clock.now() - stuckAfterMs)
    .executeTakeFirst()
  if (release === undefined) return false
  const live = await lastLiveRelease(ledger.db, site.name)
  const effects: NewEffect[] = []
  for (const revision of await pushesBetween(ledger.db, site.name, live?.revision ?? 0, release.revision)) {
    const trouble = release.trouble ?? undefined
    effects.push(
      await statusEffect(ledger.db, revision, {
        siteUrl: site.site_url,
        forge,
        step: 'stuck',
        trouble,
        live: undefined,
      }),
    )
  }
  await ledger.transaction((tx) => writeEffects(tx, effects, clock.now()))
  return effects.length > 0
}
